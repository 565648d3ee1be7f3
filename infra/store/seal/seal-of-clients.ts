import type { Store } from '../store.ts'
import { safeCount, text } from '../tables/codec.ts'
import { shapeOf } from '../tables/table.ts'
import { SEALED_BY_CLOSE } from './sealed-tables.ts'

/** More would fill no screen any better. */
const DIFFERING_MAX = 1_000

type ClosedTable = (typeof SEALED_BY_CLOSE)[number]

/** What a close has of each client, as the store itself hashes it: rows are too many to be read for that. */
export async function sealOfClients(store: Pick<Store, 'command'>, closeId: string): Promise<void> {
  for (const table of SEALED_BY_CLOSE) {
    const columns = table.spelled.length
    await store.command(
      `INSERT INTO seal (sealed_table, key, columns, content_hash, is_written)
       SELECT '${table.name}' AS sealed_table, key, ${columns} AS columns, content_hash, true AS is_written
       FROM (${groupRows(table, columns, `WHERE close_id = '${closeId}'`)})`,
    )
  }
}

/** `key` begins with the close's id, of 64 letters. Empty: there are no such rows, or no such seal. */
export type Differing = { readonly key: string; readonly found: string; readonly sealed: string }

export async function compareOfClients(
  store: Store,
  table: ClosedTable,
  closeIds: readonly string[],
): Promise<{ same: number; differing: Differing[] }> {
  const columns = await readColumns(store, table, closeIds)
  const pairs = `
    SELECT key, max(found) AS found, max(sealed) AS sealed FROM
    (
      SELECT key, content_hash AS found, '' AS sealed
      FROM (${groupRows(table, columns, 'WHERE close_id IN {closes:Array(String)}')})
      UNION ALL
      SELECT key, '' AS found, content_hash AS sealed FROM seal FINAL
      WHERE sealed_table = '${table.name}' AND substring(key, 1, 64) IN {closes:Array(String)}
    )
    GROUP BY key`
  const params = { closes: closeIds }
  const [counted] = await store.query(
    `SELECT countIf(found = sealed) AS same FROM (${pairs})`,
    shapeOf({ same: safeCount }),
    params,
  )
  const differing = await store.query(
    `SELECT key, found, sealed FROM (${pairs}) WHERE found != sealed ORDER BY key LIMIT ${DIFFERING_MAX}`,
    shapeOf({ key: text, found: text, sealed: text }),
    params,
  )
  return { same: counted?.same ?? 0, differing }
}

/** How many columns the table had when it was sealed; one that came later is empty in those rows. */
async function readColumns(store: Store, table: ClosedTable, closeIds: readonly string[]): Promise<number> {
  const [row] = await store.query(
    `SELECT min(columns) AS columns_min FROM seal
     WHERE sealed_table = '${table.name}' AND substring(key, 1, 64) IN {closes:Array(String)}`,
    shapeOf({ columnsMin: safeCount }),
    { closes: closeIds },
  )
  const columnsMin = row?.columnsMin ?? 0
  return columnsMin === 0 ? table.spelled.length : columnsMin
}

/** By close, month, revision and client. FINAL: to write the same row again changes nothing. */
function groupRows({ name, spelled }: ClosedTable, columns: number, where: string): string {
  const hashed = spelled.slice(0, columns).map(column => column.name)
  return `
    SELECT concat(close_id, '/', month, '/r', toString(revision), '/', client_id) AS key,
           concat(toString(count()), ':', toString(sum(sipHash64(${hashed.join(', ')})))) AS content_hash
    FROM ${name} FINAL ${where} GROUP BY close_id, month, revision, client_id`
}
