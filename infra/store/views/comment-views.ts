import { quoteIdentifier, quoteText } from '../quote-sql.ts'
import type { Store } from '../store.ts'
import { text } from '../tables/codec.ts'
import { shapeOf } from '../tables/table.ts'
import { DESCRIBED_VIEWS } from './described-views.ts'

type Commented = { readonly view: string; readonly column: string; readonly comment: string }

/** Of the views that are there, each column; a view itself as the column ''. In the order in which they were made. */
const COMMENTS_SQL = `
SELECT view, column, comment
FROM
(
    SELECT name AS view, '' AS column, comment, metadata_modification_time AS made_at
    FROM system.tables WHERE database = currentDatabase() AND engine = 'View'
    UNION ALL
    SELECT views.name, columns.name, columns.comment, views.metadata_modification_time
    FROM system.columns AS columns
    INNER JOIN (
        SELECT name, metadata_modification_time FROM system.tables
        WHERE database = currentDatabase() AND engine = 'View'
    ) AS views ON columns.table = views.name
    WHERE columns.database = currentDatabase()
)
ORDER BY made_at, view`

/**
 * Puts the texts where clients show them, as comments on the stable views. They are no part of a migration: a better
 * word needs none, and a view that a migration makes anew loses them.
 */
export async function commentViews(store: Store): Promise<void> {
  const stored = await store.query(COMMENTS_SQL, shapeOf({ view: text, column: text, comment: text }))
  for (const statement of planComments(stored)) await store.command(statement)
}

/** Pure: a statement for each view whose comments are others than the texts. */
function planComments(stored: readonly Commented[]): readonly string[] {
  const texts = new Map(Object.values(DESCRIBED_VIEWS).flatMap(views => Object.entries(views)))
  const changes = new Map<string, string[]>()
  for (const { view, column, comment } of stored) {
    const described = texts.get(view)
    const wanted = column === '' ? described?.is : described?.columns[column]
    if (wanted === undefined || wanted === comment) continue
    const what = column === '' ? 'MODIFY COMMENT' : `COMMENT COLUMN ${quoteIdentifier(column)}`
    changes.set(view, [...(changes.get(view) ?? []), `${what} ${quoteText(wanted)}`])
  }
  return [...changes].map(([view, each]) => `ALTER TABLE ${quoteIdentifier(view)} ${each.join(', ')}`)
}
