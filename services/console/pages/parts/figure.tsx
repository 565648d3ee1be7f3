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
  /** Undefined for whoever has no way to ask it. */
  readonly sql: string | undefined
}) {
  return (
    <div className="figure" {...(sql === undefined ? {} : { 'data-traced': true })}>
      <dt>{label}</dt>
      <dd>
        <data value={value}>{shown}</data>
        {note === undefined ? null : <span className="note">{note}</span>}
        {sql === undefined ? null : <Sql text={sql} of={label} />}
      </dd>
    </div>
  )
}
