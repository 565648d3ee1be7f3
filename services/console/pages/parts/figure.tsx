import type { ReactNode } from 'react'
import { Sql } from './sql.tsx'

/** One figure, with its question. `value` is exact; what is shown may be rounded. */
export function Figure({
  label,
  value,
  shown,
  note,
  sql,
}: {
  readonly label: string
  readonly value: string
  readonly shown: string
  readonly note?: ReactNode
  readonly sql: string
}) {
  return (
    <div className="figure" data-traced>
      <dt>{label}</dt>
      <dd>
        <data value={value}>{shown}</data>
        {note === undefined ? null : <span className="note">{note}</span>}
        <Sql text={sql} of={label} />
      </dd>
    </div>
  )
}
