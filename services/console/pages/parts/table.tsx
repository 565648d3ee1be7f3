import type { ReactNode } from 'react'

type Column<Row> = {
  readonly head: string
  readonly isNumber?: boolean
  readonly cell: (row: Row) => ReactNode
}

/** So many columns have room on a phone; a row of more stands there as a list of its cells under their heads. */
const STACKED_ABOVE = 3

/** A small table, nothing where it has no rows. What scrolls sideways is itself, never the page. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}) {
  if (rows.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="scrolls" tabIndex={0} aria-label={label}>
      <table className={columns.length > STACKED_ABOVE ? 'stacks' : undefined}>
        <thead>
          <tr>
            {columns.map(({ head, isNumber }) => (
              <th key={head} scope="col" data-number={isNumber || undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={keyOf(row)}>
              {columns.map(({ head, isNumber, cell }) => (
                <td key={head} data-number={isNumber || undefined} data-head={head}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
