import { isName } from '../event/check-request.ts'
import { isPlain, isPlainName, NAME_RULE } from '../text/plain-text.ts'
import { BUYER_CELLS, BUYER_COLUMNS, buyerOf, type CellRule } from './buyer.ts'
import { checkRegistry } from './check-registry.ts'
import { FaultList } from './fault-list.ts'
import { type FileChunks, readTable, type TableRow } from './read-table.ts'
import {
  type Activation,
  type Client,
  INTEGRATION_KINDS,
  type Integration,
  type Registry,
  type RegistryFault,
} from './registry.ts'
import { sortRegistry } from './sort-registry.ts'

/** The files of a registry folder, all of them needed. */
export const REGISTRY_FILES = ['clients.csv', 'partners.csv', 'integrations.csv', 'activations.csv'] as const
export type RegistryFile = (typeof REGISTRY_FILES)[number]

/** Their content by name, which is read once. */
export type RegistryFiles = ReadonlyMap<string, FileChunks>

type RegistryReading =
  | { readonly ok: true; readonly registry: Registry }
  /** The first faults by file and line, and how many there are in all. */
  | { readonly ok: false; readonly faults: readonly RegistryFault[]; readonly faultCount: number }

type CellRules<Column extends string> = Readonly<Record<Column, CellRule>>

const ID_RULE = 'an id of 1 to 256 characters without control characters or spaces around it'
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

type Rows<Column extends string> = readonly TableRow<Column>[]

/**
 * Reads a registry's files, given by name, as one whole: either everything is right, or the answer is every mistake, of
 * very many the first. CSV in UTF-8, with or without a byte order mark; columns in any order.
 */
export async function readRegistry(files: RegistryFiles): Promise<RegistryReading> {
  const faults = new FaultList()
  const clients = await readFile(files, faults, 'clients.csv', CLIENT_CELLS, BUYER_COLUMNS)
  const partners = await readFile(files, faults, 'partners.csv', PARTNER_CELLS)
  const integrations = await readFile(files, faults, 'integrations.csv', INTEGRATION_CELLS)
  const activations = await readFile(files, faults, 'activations.csv', ACTIVATION_CELLS)
  checkRegistry({ clients, partners, integrations, activations }, faults)
  if (faults.count > 0) return { ok: false, faults: faults.first(), faultCount: faults.count }
  const registry = sortRegistry({
    clients: (clients ?? []).map(({ cells }) => toClient(cells)),
    partners: (partners ?? []).map(({ cells }) => ({ partnerId: cells.partner_id, name: cells.name })),
    integrations: (integrations ?? []).flatMap(({ cells }) => toIntegration(cells)),
    activations: (activations ?? []).map(({ cells }) => toActivation(cells)),
  })
  return { ok: true, registry }
}

async function readFile<Column extends string>(
  files: RegistryFiles,
  faults: FaultList,
  file: RegistryFile,
  rules: CellRules<Column>,
  optional: readonly NoInfer<Column>[] = [],
): Promise<Rows<Column> | null> {
  const columns = keysOf(rules)
  const chunks = files.get(file)
  if (chunks === undefined) {
    const needed = columns.filter(column => !optional.includes(column))
    const detail = `the file is missing; expected columns ${needed.join(',')}`
    faults.add({ file, line: null, column: null, detail })
    return null
  }
  const rows = await readTable({ file, chunks, columns, optional, faults })
  for (const { line, cells } of rows ?? []) {
    for (const column of columns) {
      const cell = cells[column]
      if (!rules[column].isRight(cell))
        faults.add({ file, line, column, detail: describe(cell, rules[column]) })
    }
  }
  return rows
}

function describe(cell: string, { rule }: CellRule): string {
  return `${cell === '' ? 'the cell is empty' : JSON.stringify(cell.slice(0, 60))}; expected ${rule}`
}

/** The type checker takes an object for one that may have more. */
function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(record) as Key[]
}

function toClient(cells: Readonly<Record<keyof typeof CLIENT_CELLS, string>>): Client {
  return {
    clientId: cells.client_id,
    name: cells.name,
    partnerId: orNull(cells.partner_id),
    collectiveInvoice: cells.collective_invoice === 'yes',
    ...buyerOf({
      organisationNumber: orNull(cells.organisation_number),
      electronicAddress: orNull(cells.electronic_address),
      buyerReference: orNull(cells.buyer_reference),
      street: orNull(cells.street),
      postalCode: orNull(cells.postal_code),
      city: orNull(cells.city),
      country: orNull(cells.country),
    }),
  }
}

function toIntegration(cells: Readonly<Record<keyof typeof INTEGRATION_CELLS, string>>): Integration[] {
  const kind = INTEGRATION_KINDS.find(each => each === cells.kind)
  return kind === undefined ? [] : [{ integrationId: cells.integration_id, name: cells.name, kind }]
}

function toActivation(cells: Readonly<Record<keyof typeof ACTIVATION_CELLS, string>>): Activation {
  return {
    clientId: cells.client_id,
    integrationId: cells.integration_id,
    activeFrom: cells.active_from,
    activeUntil: orNull(cells.active_until),
  }
}

function orNull(cell: string): string | null {
  return cell === '' ? null : cell
}

function isId(text: string): boolean {
  return isName(text) && text.trim() === text && isPlain(text)
}

/** JavaScript takes the 29th of February of any year, for the 1st of March. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (day === undefined) return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
}
