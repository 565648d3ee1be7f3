import { z } from 'zod'
import type { Store } from '../store.ts'
import { schemaMigration } from '../tables/schema-migration.ts'
import { type Seal, seal } from '../tables/seal.ts'
import { select, shapeOf } from '../tables/table.ts'
import { makeSeal } from './seal-values.ts'
import { SEALED, type SealedTable } from './sealed-tables.ts'

/** A row, or what a close has of a client, that is not as it was written. */
export type SealFinding = {
  readonly table: string
  /** What it is known by. */
  readonly key: string
  readonly fault: 'lost' | 'changed' | 'twice' | 'unsealed'
}

/** Rows from before seals, of which nobody can tell whether they are as they were written. */
export type Uncovered = { readonly table: string; readonly rows: number }

export type Verification = {
  readonly findings: readonly SealFinding[]
  readonly uncovered: readonly Uncovered[]
  /** Rows, or what closes have of clients, that are as they were written. */
  readonly verified: number
}

const MIGRATION_OF_SEALS = 153

/** Holds every row that money rests on against its seal; others may write meanwhile. */
export async function verifySeals(store: Store, tables = SEALED): Promise<Verification> {
  const first = await compareTables(store, tables)
  const named = new Set(first.findings.map(({ table }) => table))
  if (named.size === 0) return first
  // A row that came between seals and rows looks unsealed; what is at fault is so a second time.
  const second = await compareTables(
    store,
    tables.filter(({ table }) => named.has(table.name)),
  )
  const spell = ({ table, key, fault }: SealFinding) => JSON.stringify([table, key, fault])
  const still = new Set(second.findings.map(spell))
  return { ...first, findings: first.findings.filter(finding => still.has(spell(finding))) }
}

async function compareTables(store: Store, tables: readonly SealedTable[]): Promise<Verification> {
  const beganMs = await readBegin(store)
  const { list, shape } = select(seal)
  const sql = `SELECT ${list} FROM seal FINAL WHERE sealed_table IN {names:Array(String)}`
  const seals = await store.query(sql, shape, { names: tables.map(({ table }) => table.name) })
  const sealsOf = Map.groupBy(seals, each => each.sealedTable)
  const all: Verification[] = []
  for (const sealed of tables) {
    const { name } = sealed.table
    const columns = sealed.table.spelled.map(column => column.name).join(', ')
    const rows = await store.query(
      `SELECT ${columns} FROM ${name}${sealed.isReplacing ? ' FINAL' : ''}`,
      z.record(z.string(), z.unknown()),
    )
    all.push(compareSeals(sealed, rows, sealsOf.get(name) ?? [], beganMs))
  }
  return joinVerifications(all)
}

/** When this store began to be sealed; what was written before may have no seal. */
export async function readBegin(store: Store): Promise<number> {
  const [row] = await store.query(
    `SELECT applied_at FROM schema_migration FINAL WHERE number = {number:UInt32}`,
    shapeOf({ appliedAtMs: schemaMigration.columns.appliedAtMs }),
    { number: MIGRATION_OF_SEALS },
  )
  return row?.appliedAtMs ?? 0
}

export function joinVerifications(all: readonly Verification[]): Verification {
  return {
    findings: all.flatMap(({ findings }) => findings),
    uncovered: all.flatMap(({ uncovered }) => uncovered).filter(({ rows }) => rows > 0),
    verified: all.reduce((sum, { verified }) => sum + verified, 0),
  }
}

type StoredRow = Readonly<Record<string, unknown>>

/** Pure. @param rows as the store answers them: what was changed may be no value any more */
function compareSeals(
  sealed: SealedTable,
  rows: readonly StoredRow[],
  seals: readonly Seal[],
  beganMs: number,
): Verification {
  const table = sealed.table.name
  const { shape } = select(sealed.table)
  const sealsBy = Map.groupBy(seals, each => each.key)
  const findings: SealFinding[] = []
  const seen = new Set<string>()
  let [uncovered, verified] = [0, 0]
  for (const stored of rows) {
    const parsed = shape.safeParse(stored)
    const row = parsed.success ? parsed.data : null
    const key = row === null ? spellKey(sealed, stored) : makeSeal(sealed, row).key
    const ofKey = sealsBy.get(key)
    const isSame = ofKey?.some(
      ({ columns, contentHash }) =>
        row !== null &&
        makeSeal(sealed, row, columns).contentHash === contentHash &&
        isUnset(sealed, stored, columns),
    )
    if (seen.has(key)) findings.push({ table, key, fault: 'twice' })
    else if (isSame) verified += 1
    else if (ofKey !== undefined || row === null) findings.push({ table, key, fault: 'changed' })
    else if (isOlder(sealed, row, beganMs)) uncovered += 1
    else findings.push({ table, key, fault: 'unsealed' })
    seen.add(key)
  }
  for (const [key, ofKey] of sealsBy) {
    // Of one that is not written, writing broke off, or another came first.
    if (!seen.has(key) && ofKey.some(each => each.isWritten)) findings.push({ table, key, fault: 'lost' })
  }
  return { findings, uncovered: [{ table, rows: uncovered }], verified }
}

/** The columns that came after a row was sealed: none was added with another value than its type has by itself. */
function isUnset({ table }: SealedTable, stored: StoredRow, columns: number): boolean {
  return table.spelled.slice(columns).every(({ name }) => isEmpty(stored[name]))
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === null || value === false || value === '' || value === 0 || value === '0'
}

/** Of a table that says no time, nobody can tell: a stream may be older. */
function isOlder({ table, writtenAt }: SealedTable, row: StoredRow, beganMs: number): boolean {
  if (writtenAt === null) return table.name === 'stream'
  const written = row[writtenAt]
  return (typeof written === 'number' ? written : Date.parse(String(written))) < beganMs
}

/** Of a row that can't be read: as the store spells it. */
function spellKey({ table, key }: SealedTable, stored: StoredRow): string {
  return key
    .map(name => String(stored[table.spelled.find(column => column.key === name)?.name ?? name]))
    .join('/')
}
