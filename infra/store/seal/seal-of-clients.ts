import type { Store } from '../store.ts'
import { safeCount, text } from '../tables/codec.ts'
import { type ColumnSet, shapeOf, type Table } from '../tables/table.ts'
import { SEALED_BY_CLOSE } from './sealed-tables.ts'

/** More would fill no screen any better. */
const DIFFERING_MAX = 1_000

type ClosedTable = Pick<Table<ColumnSet>, 'name' | 'spelled'>

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
  const counts = await readColumnCounts(store, table, closeIds)
  // Each close by as many columns as the table had when it was sealed: one that came later is empty in its rows.
  const found = counts.map(
    columns => `
      SELECT key, content_hash AS found, '' AS sealed
      FROM (${groupRows(table, columns, `WHERE close_id IN (${closesSealed(table, columns)})`)})`,
  )
  const isUnsealed = `close_id IN {closes:Array(String)} AND close_id NOT IN (${closesSealed(table, null)})`
  const unsealed = `
      SELECT key, content_hash AS found, '' AS sealed
      FROM (${groupRows(table, table.spelled.length, `WHERE ${isUnsealed}`)})`
  const pairs = `
    SELECT key, max(found) AS found, max(sealed) AS sealed FROM
    (
      ${[...found, unsealed].join(' UNION ALL ')}
      UNION ALL
      SELECT key, '' AS found, argMax(content_hash, columns) AS sealed FROM seal FINAL
      WHERE sealed_table = '${table.name}' AND substring(key, 1, 64) IN {closes:Array(String)} GROUP BY key
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

/** How many columns the table had when closes were sealed: one number by release that changed it. */
async function readColumnCounts(
  store: Store,
  table: ClosedTable,
  closeIds: readonly string[],
): Promise<number[]> {
  const rows = await store.query(
    `SELECT DISTINCT columns FROM seal
     WHERE sealed_table = '${table.name}' AND substring(key, 1, 64) IN {closes:Array(String)} ORDER BY columns`,
    shapeOf({ columns: safeCount }),
    { closes: closeIds },
  )
  return rows.map(({ columns }) => columns)
}

/** Those that were last sealed when the table had so many columns; null: sealed at all. */
function closesSealed({ name }: ClosedTable, columns: number | null): string {
  const having = columns === null ? '' : ` HAVING max(columns) = ${columns}`
  return `
    SELECT substring(key, 1, 64) AS sealed_close FROM seal
    WHERE sealed_table = '${name}' AND sealed_close IN {closes:Array(String)} GROUP BY sealed_close${having}`
}

/**
 * By close, month, revision and client. FINAL: to write the same row again changes nothing. Of the columns that came
 * later only says whether any is filled.
 */
function groupRows({ name, spelled }: ClosedTable, columns: number, where: string): string {
  const names = spelled.map(column => column.name)
  const hashed = names.slice(0, columns).join(', ')
  const isFilled = names.slice(columns).map(later => `ifNull(toString(${later}), '') NOT IN (${EMPTY})`)
  const filled = isFilled.length === 0 ? "''" : `if(countIf(${isFilled.join(' OR ')}) > 0, ':filled', '')`
  return `
    SELECT concat(close_id, '/', month, '/r', toString(revision), '/', client_id) AS key,
           concat(toString(count()), ':', toString(sum(sipHash64(${hashed}))), ${filled}) AS content_hash
    FROM ${name} FINAL ${where} GROUP BY close_id, month, revision, client_id`
}

/** What a column has by itself that no release had written. */
const EMPTY = ['', '0', 'false', '[]'].map(value => `'${value}'`).join(', ')
