import { type ReactNode, useId } from 'react'
import { Sql } from './sql.tsx'

/** A part of a page under its heading; what it shows is traced by `sql`, row by row, where that is given. */
export function Section({
  title,
  sql,
  aside,
  children,
}: {
  readonly title: string
  readonly sql?: string | undefined
  readonly aside?: ReactNode
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section className="sheet" aria-labelledby={id} {...(sql === undefined ? {} : { 'data-traced': true })}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
        {sql === undefined ? null : <Sql text={sql} of={title} />}
      </header>
      {children}
    </section>
  )
}
