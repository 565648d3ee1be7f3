/** A table of a Markdown page: its rows, each cell by its column's title. */
export type PageTable = readonly Readonly<Record<string, string>>[]

/** The tables of a Markdown page, by the heading that each stands under: at most one to a heading. */
export function readTables(page: string): ReadonlyMap<string, PageTable> {
  const sections = page.split(/^#+ /m).map(section => {
    const [heading = '', ...lines] = section.split('\n')
    const rows = lines.filter(line => line.startsWith('|')).map(readCells)
    const [titles = [], _rule, ...body] = rows
    const table = body.map(cells =>
      Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? ''])),
    )
    return [heading, table] as const
  })
  return new Map(sections.filter(([, table]) => table.length > 0))
}

function readCells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
}
