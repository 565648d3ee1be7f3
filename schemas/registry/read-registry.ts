import { isName } from '../event/check-request.ts'
import { isPlainName, NAME_RULE } from '../text/plain-text.ts'
import { isInOneForm } from '../text/seen-text.ts'
import { BUYER_CELLS, BUYER_COLUMNS, buyerOf, type CellRule } from './buyer.ts'
import { checkRegistry } from './check-registry.ts'
import { FaultList } from './fault-list.ts'
import { orderRows } from './order-rows.ts'
import type { PackedTable } from './packed-rows.ts'
import { type FileChunks, readTable } from './read-table.ts'
import {
  type Activation,
  type Client,
  INTEGRATION_KINDS,
  type Integration,
  type Partner,
  type RegistryFault,
  type RegistryRows,
  type Rows,
} from './registry.ts'
import { TextPool } from './text-pool.ts'

/** The files of a registry folder, all of them needed. */
export const REGISTRY_FILES = ['clients.csv', 'partners.csv', 'integrations.csv', 'activations.csv'] as const
export type RegistryFile = (typeof REGISTRY_FILES)[number]

/** Their content by name, in any order, which is read once, one file after the other. */
export type RegistryFiles =
  | Iterable<readonly [name: string, FileChunks]>
  | AsyncIterable<readonly [name: string, FileChunks]>

type RegistryReading =
  | { readonly ok: true; readonly registry: RegistryRows }
  /** The first faults by file and line, and how many there are in all. */
  | { readonly ok: false; readonly faults: readonly RegistryFault[]; readonly faultCount: number }

type CellRules<Column extends string> = Readonly<Record<Column, CellRule>>

const ID_RULE =
  "an id of 1 to 256 characters that can all be seen, in Unicode's form NFC, without spaces around it"
const DATE_RULE = 'a date as YYYY-MM-DD'
const id: CellRule = { isRight: isId, rule: ID_RULE }
const name: CellRule = { isRight: isPlainName, rule: `a name: ${NAME_RULE}` }
const oneOf = (values: readonly string[], rule: string): CellRule => ({
  isRight: text => values.includes(text),
  rule,
})

const CLIENT_CELLS = {
  client_id: id,
  name,
  partner_id: { isRight: (text: string) => text === '' || isId(text), rule: `nothing, or ${ID_RULE}` },
  collective_invoice: oneOf(['yes', 'no'], 'yes or no'),
  ...BUYER_CELLS,
}
const PARTNER_CELLS = { partner_id: id, name }
const INTEGRATION_CELLS = {
  integration_id: id,
  name,
  kind: oneOf(INTEGRATION_KINDS, `one of ${INTEGRATION_KINDS.join(', ')}`),
}
const ACTIVATION_CELLS = {
  client_id: id,
  integration_id: id,
  active_from: { isRight: isDate, rule: DATE_RULE },
  active_until: {
    isRight: (text: string) => text === '' || isDate(text),
    rule: `nothing while it is active, or ${DATE_RULE}`,
  },
}

/**
 * Reads a registry's files, given by name, as one whole: either everything is right, or the answer is every mistake, of
 * very many the first. CSV in UTF-8, with or without a byte order mark; columns in any order.
 */
export async function readRegistry(files: RegistryFiles): Promise<RegistryReading> {
  const [pool, faults] = [new TextPool(), new FaultList()]
  const tables = await readTables(files, pool, faults)
  const { clients, partners, integrations, activations } = tables
  const order = orderRows(tables, pool)
  checkRegistry({ tables, order, pool, faults })
  if (faults.count > 0) return { ok: false, faults: faults.first(), faultCount: faults.count }
  const registry = {
    clients: listRows(clients, order.clients, pool, toClient),
    partners: listRows(partners, order.partners, pool, toPartner),
    integrations: listRows(integrations, order.integrations, pool, toIntegration),
    activations: listRows(activations, order.activations, pool, toActivation),
  }
  return { ok: true, registry }
}

/** What differs from client to client, and is compared with nothing. */
const CLIENT_NAMES = [
  'name',
  'organisation_number',
  'electronic_address',
  'buyer_reference',
  'street',
] as const
const CLIENTS = {
  file: 'clients.csv',
  rules: CLIENT_CELLS,
  optional: BUYER_COLUMNS,
  names: CLIENT_NAMES,
} as const
const PARTNERS = { file: 'partners.csv', rules: PARTNER_CELLS, optional: [], names: ['name'] } as const
const INTEGRATIONS = {
  file: 'integrations.csv',
  rules: INTEGRATION_CELLS,
  optional: [],
  names: ['name'],
} as const
const ACTIVATIONS = { file: 'activations.csv', rules: ACTIVATION_CELLS, optional: [], names: [] } as const

type FileRules<Column extends string> = {
  readonly file: RegistryFile
  readonly rules: CellRules<Column>
  readonly optional: readonly NoInfer<Column>[]
  readonly names: readonly NoInfer<Column>[]
}

async function readTables(files: RegistryFiles, pool: TextPool, faults: FaultList) {
  const readBy = <Column extends string>(rules: FileRules<Column>, chunks: FileChunks) =>
    readFile(rules, chunks, pool, faults)
  let clients: PackedTable<keyof typeof CLIENT_CELLS> | null = null
  let partners: PackedTable<keyof typeof PARTNER_CELLS> | null = null
  let integrations: PackedTable<keyof typeof INTEGRATION_CELLS> | null = null
  let activations: PackedTable<keyof typeof ACTIVATION_CELLS> | null = null
  const read = new Set<string>()
  for await (const [name, chunks] of files) {
    read.add(name)
    if (name === CLIENTS.file) clients = await readBy(CLIENTS, chunks)
    else if (name === PARTNERS.file) partners = await readBy(PARTNERS, chunks)
    else if (name === INTEGRATIONS.file) integrations = await readBy(INTEGRATIONS, chunks)
    else if (name === ACTIVATIONS.file) activations = await readBy(ACTIVATIONS, chunks)
  }
  for (const { file, rules, optional } of [CLIENTS, PARTNERS, INTEGRATIONS, ACTIVATIONS]) {
    if (read.has(file)) continue
    const others: readonly string[] = optional
    const needed = Object.keys(rules).filter(column => !others.includes(column))
    const detail = `the file is missing; expected columns ${needed.join(',')}`
    faults.add({ file, line: null, column: null, detail })
  }
  return { clients, partners, integrations, activations }
}

async function readFile<Column extends string>(
  { file, rules, optional, names }: FileRules<Column>,
  chunks: FileChunks,
  pool: TextPool,
  faults: FaultList,
): Promise<PackedTable<Column> | null> {
  const columns = keysOf(rules)
  const table = await readTable({ file, chunks, columns, optional, names, pool, faults })
  if (table === null) return null
  for (const column of columns) {
    const rule = rules[column]
    const codes = table.columns[column]
    // Each text is looked at once, in however many rows it stands.
    const wrong = new Set([...new Set(codes)].filter(code => !rule.isRight(pool.textOf(code))))
    if (wrong.size === 0) continue
    for (const [row, code] of codes.entries()) {
      if (!wrong.has(code)) continue
      faults.add({ file, line: table.lines[row] ?? 0, column, detail: describe(pool.textOf(code), rule) })
    }
  }
  return table
}

/** The rows in that order as values, each made when it is asked for. */
function listRows<Column extends string, Value>(
  table: PackedTable<Column> | null,
  order: readonly number[],
  pool: TextPool,
  toValue: (cellOf: CellOf<Column>) => Value,
): Rows<Value> {
  return {
    length: order.length,
    *[Symbol.iterator]() {
      if (table === null) return
      const { columns } = table
      for (const row of order) yield toValue(column => pool.textOf(columns[column][row] ?? 0))
    },
  }
}

type CellOf<Column> = (column: Column) => string

function describe(cell: string, { rule }: CellRule): string {
  return `${cell === '' ? 'the cell is empty' : JSON.stringify(cell.slice(0, 60))}; expected ${rule}`
}

/** The type checker takes an object for one that may have more. */
function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[]
}

function toClient(cellOf: CellOf<keyof typeof CLIENT_CELLS>): Client {
  return {
    clientId: cellOf('client_id'),
    name: cellOf('name'),
    partnerId: orNull(cellOf('partner_id')),
    collectiveInvoice: cellOf('collective_invoice') === 'yes',
    ...buyerOf({
      organisationNumber: orNull(cellOf('organisation_number')),
      electronicAddress: orNull(cellOf('electronic_address')),
      buyerReference: orNull(cellOf('buyer_reference')),
      street: orNull(cellOf('street')),
      postalCode: orNull(cellOf('postal_code')),
      city: orNull(cellOf('city')),
      country: orNull(cellOf('country')),
    }),
  }
}

function toPartner(cellOf: CellOf<keyof typeof PARTNER_CELLS>): Partner {
  return { partnerId: cellOf('partner_id'), name: cellOf('name') }
}

function toIntegration(cellOf: CellOf<keyof typeof INTEGRATION_CELLS>): Integration {
  const kind = INTEGRATION_KINDS.find(each => each === cellOf('kind'))
  if (kind === undefined)
    throw new TypeError(`an integration of the kind ${cellOf('kind')} was taken for right`)
  return { integrationId: cellOf('integration_id'), name: cellOf('name'), kind }
}

function toActivation(cellOf: CellOf<keyof typeof ACTIVATION_CELLS>): Activation {
  return {
    clientId: cellOf('client_id'),
    integrationId: cellOf('integration_id'),
    activeFrom: cellOf('active_from'),
    activeUntil: orNull(cellOf('active_until')),
  }
}

function orNull(cell: string): string | null {
  return cell === '' ? null : cell
}

/** As lines of a log name it: by another form of the same letters nobody would ever be found. */
function isId(text: string): boolean {
  return isName(text) && text.trim() === text && isInOneForm(text)
}

/** JavaScript takes the 29th of February of any year, for the 1st of March. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (day === undefined) return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
}
