import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { isName } from '../event/check-request.ts'
import { BUYER_COLUMNS, buyerCellShapes, buyerOf } from './buyer.ts'
import {
  ACTIVATION_COLUMNS,
  CLIENT_COLUMNS,
  checkRegistry,
  INTEGRATION_COLUMNS,
  PARTNER_COLUMNS,
} from './check-registry.ts'
import { readTable, type TableRow } from './read-table.ts'
import { INTEGRATION_KINDS, type Registry, type RegistryFault } from './registry.ts'
import { sortRegistry } from './sort-registry.ts'

/** The files of a registry folder, all of them needed. */
export const REGISTRY_FILES = ['clients.csv', 'partners.csv', 'integrations.csv', 'activations.csv'] as const
export type RegistryFile = (typeof REGISTRY_FILES)[number]

/** Their content by name. */
export type RegistryFiles = ReadonlyMap<string, Uint8Array>

type RegistryReading =
  | { readonly ok: true; readonly registry: Registry }
  /** The first faults by file and line, and how many there are in all. */
  | { readonly ok: false; readonly faults: readonly RegistryFault[]; readonly faultCount: number }

/** Whoever has more mistakes than this made the same one in each line. */
const FAULTS_MAX = 1_000

const ID_RULE = 'an id of 1 to 256 characters without control characters or spaces around it'
const DATE_RULE = 'a date as YYYY-MM-DD'
const id = z.string().refine(isId, { error: ID_RULE })
const date = z.iso.date({ error: DATE_RULE })
const name = z.string().refine(text => text.trim() !== '', { error: 'a name' })

const clientShape = z
  .object({
    client_id: id,
    name,
    partner_id: z.string().refine(text => text === '' || isId(text), { error: `nothing, or ${ID_RULE}` }),
    collective_invoice: z.enum(['yes', 'no'], { error: 'yes or no' }),
    ...buyerCellShapes,
  })
  .transform(({ street, city, country, ...cells }) => ({
    clientId: cells.client_id,
    name: cells.name,
    partnerId: cells.partner_id === '' ? null : cells.partner_id,
    collectiveInvoice: cells.collective_invoice === 'yes',
    ...buyerOf({
      organisationNumber: cells.organisation_number,
      electronicAddress: cells.electronic_address,
      buyerReference: cells.buyer_reference,
      street,
      postalCode: cells.postal_code,
      city,
      country,
    }),
  }))
const partnerShape = z
  .object({ partner_id: id, name })
  .transform(cells => ({ partnerId: cells.partner_id, name: cells.name }))
const integrationShape = z
  .object({
    integration_id: id,
    name,
    kind: z.enum(INTEGRATION_KINDS, { error: `one of ${INTEGRATION_KINDS.join(', ')}` }),
  })
  .transform(cells => ({ integrationId: cells.integration_id, name: cells.name, kind: cells.kind }))
const activationShape = z
  .object({
    client_id: id,
    integration_id: id,
    active_from: date,
    active_until: z.string().refine(text => text === '' || date.safeParse(text).success, {
      error: `nothing while it is active, or ${DATE_RULE}`,
    }),
  })
  .transform(cells => ({
    clientId: cells.client_id,
    integrationId: cells.integration_id,
    activeFrom: cells.active_from,
    activeUntil: cells.active_until === '' ? null : cells.active_until,
  }))

/**
 * Reads a registry's files, given by name, as one whole: either everything is right, or the answer is every mistake, of
 * very many the first. CSV in UTF-8, with or without a byte order mark; columns in any order.
 */
export function readRegistry(files: RegistryFiles): RegistryReading {
  const clients = readFile(files, 'clients.csv', CLIENT_COLUMNS, clientShape, BUYER_COLUMNS)
  const partners = readFile(files, 'partners.csv', PARTNER_COLUMNS, partnerShape)
  const integrations = readFile(files, 'integrations.csv', INTEGRATION_COLUMNS, integrationShape)
  const activations = readFile(files, 'activations.csv', ACTIVATION_COLUMNS, activationShape)
  const faults = [
    ...[clients, partners, integrations, activations].flatMap(reading => reading.faults),
    ...checkRegistry({
      clients: clients.rows,
      partners: partners.rows,
      integrations: integrations.rows,
      activations: activations.rows,
    }),
  ]
  if (faults.length > 0) {
    const first = faults.toSorted(compareFaults).slice(0, FAULTS_MAX)
    return { ok: false, faults: first, faultCount: faults.length }
  }
  const registry = sortRegistry({
    clients: clients.values,
    partners: partners.values,
    integrations: integrations.values,
    activations: activations.values,
  })
  return { ok: true, registry }
}

type FileReading<Column extends string, Value> = {
  readonly rows: readonly TableRow<Column>[] | null
  readonly values: readonly Value[]
  readonly faults: readonly RegistryFault[]
}

function readFile<Column extends string, Value>(
  files: RegistryFiles,
  file: RegistryFile,
  columns: readonly Column[],
  shape: z.ZodType<Value>,
  optional: readonly string[] = [],
): FileReading<Column, Value> {
  const unreadable = (line: number | null, detail: string) => ({
    rows: null,
    values: [],
    faults: [{ file, line, column: null, detail }],
  })
  const bytes = files.get(file)
  if (bytes === undefined)
    return unreadable(null, `the file is missing; expected columns ${columns.join(',')}`)
  const brokenLine = findLineNotUtf8(bytes)
  if (brokenLine !== null) return unreadable(brokenLine, 'the line is no UTF-8; expected UTF-8 text')

  const { rows, faults } = readTable(file, new TextDecoder().decode(bytes), columns, optional)
  const results = (rows ?? []).map(row => ({ row, result: shape.safeParse(row.cells) }))
  const cellFaults = results.flatMap(({ row, result }) =>
    result.success ? [] : result.error.issues.map(issue => toFault(file, row, issue)),
  )
  const values = results.flatMap(({ result }) => (result.success ? [result.data] : []))
  return { rows, values, faults: [...faults, ...cellFaults] }
}

function toFault(file: string, row: TableRow<string>, issue: z.core.$ZodIssue): RegistryFault {
  const column = String(issue.path[0])
  const cell = row.cells[column] ?? ''
  const found = cell === '' ? 'the cell is empty' : JSON.stringify(cell.slice(0, 60))
  return { file, line: row.line, column, detail: `${found}; expected ${issue.message}` }
}

/** The first line, from 1, that isn't UTF-8; a line feed is never a part of another character. */
function findLineNotUtf8(bytes: Uint8Array): number | null {
  if (isUtf8(bytes)) return null
  let line = 1
  let start = 0
  while (start < bytes.length) {
    const feed = bytes.indexOf(0x0a, start)
    const end = feed === -1 ? bytes.length : feed + 1
    if (!isUtf8(bytes.subarray(start, end))) return line
    start = end
    line += 1
  }
  return line
}

function isId(text: string): boolean {
  return isName(text) && text.trim() === text
}

function compareFaults(a: RegistryFault, b: RegistryFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0)
}
