import type { TableRow } from './read-table.ts'
import type { RegistryFault } from './registry.ts'

export const CLIENT_COLUMNS = ['client_id', 'name', 'partner_id', 'collective_invoice'] as const
export const PARTNER_COLUMNS = ['partner_id', 'name'] as const
export const INTEGRATION_COLUMNS = ['integration_id', 'name', 'kind'] as const
export const ACTIVATION_COLUMNS = ['client_id', 'integration_id', 'active_from', 'active_until'] as const

type Rows<Columns extends readonly string[]> = readonly TableRow<Columns[number]>[]

/** The rows of each file as text; null for a file that could not be read, which then convicts no other. */
type RegistryTables = {
  readonly clients: Rows<typeof CLIENT_COLUMNS> | null
  readonly partners: Rows<typeof PARTNER_COLUMNS> | null
  readonly integrations: Rows<typeof INTEGRATION_COLUMNS> | null
  readonly activations: Rows<typeof ACTIVATION_COLUMNS> | null
}

/**
 * What is wrong between rows and between files. It works on the text, so that a mistake in one cell of a row doesn't
 * make a stranger of its id.
 */
export function checkRegistry(tables: RegistryTables): RegistryFault[] {
  return [
    ...findDuplicates('clients.csv', 'client_id', tables.clients ?? []),
    ...findDuplicates('partners.csv', 'partner_id', tables.partners ?? []),
    ...findDuplicates('integrations.csv', 'integration_id', tables.integrations ?? []),
    ...checkClients(tables),
    ...checkPartners(tables),
    ...checkActivations(tables),
    ...findOverlaps(tables.activations ?? []),
  ]
}

function findDuplicates<Column extends string>(
  file: string,
  column: Column,
  rows: readonly TableRow<Column>[],
): RegistryFault[] {
  const lineById = new Map<string, number>()
  const faults: RegistryFault[] = []
  for (const { line, cells } of rows) {
    const first = lineById.get(cells[column])
    if (first === undefined) lineById.set(cells[column], line)
    else
      faults.push({
        file,
        line,
        column,
        detail: `${show(cells[column])} is in line ${first} already; expected once`,
      })
  }
  return faults
}

function checkClients({ clients, partners }: RegistryTables): RegistryFault[] {
  const partnerIds = idsOf(partners, 'partner_id')
  const faults: RegistryFault[] = []
  for (const { line, cells } of clients ?? []) {
    const add = (column: string, detail: string) => faults.push({ file: 'clients.csv', line, column, detail })
    const { client_id: clientId, partner_id: partnerId, collective_invoice: collective } = cells
    if (partnerId !== '' && partnerIds?.has(partnerId) === false) {
      add('partner_id', `${show(partnerId)} is unknown; expected an id from partners.csv`)
    }
    if (partnerId !== '' && partnerId === clientId) {
      add('partner_id', `${show(partnerId)} is the client itself; expected nothing, or another`)
    }
    if (collective === 'yes' && partnerId === '') {
      add('collective_invoice', 'yes, without a partner to send it to; expected no, or a partner_id')
    }
    if (collective === 'yes' && partnerIds?.has(clientId) === true) {
      add('collective_invoice', 'yes, for a partner; expected no: a partner receives its own statement')
    }
  }
  return faults
}

function checkPartners({ partners, clients }: RegistryTables): RegistryFault[] {
  const clientIds = idsOf(clients, 'client_id')
  if (clientIds === null) return []
  return (partners ?? [])
    .filter(({ cells }) => !clientIds.has(cells.partner_id))
    .map(({ line, cells }) => ({
      file: 'partners.csv',
      line,
      column: 'partner_id',
      detail: `${show(cells.partner_id)} is no client; expected every partner in clients.csv as well`,
    }))
}

function checkActivations({ activations, clients, integrations }: RegistryTables): RegistryFault[] {
  const clientIds = idsOf(clients, 'client_id')
  const integrationIds = idsOf(integrations, 'integration_id')
  const faults: RegistryFault[] = []
  for (const { line, cells } of activations ?? []) {
    const add = (column: string, detail: string) =>
      faults.push({ file: 'activations.csv', line, column, detail })
    if (clientIds?.has(cells.client_id) === false) {
      add('client_id', `${show(cells.client_id)} is unknown; expected an id from clients.csv`)
    }
    if (integrationIds?.has(cells.integration_id) === false) {
      add('integration_id', `${show(cells.integration_id)} is unknown; expected an id from integrations.csv`)
    }
    const { active_from: from, active_until: until } = cells
    if (isDate(from) && isDate(until) && until <= from) {
      add(
        'active_until',
        `${show(until)}; expected a date after ${from}: the first day it is no longer active`,
      )
    }
  }
  return faults
}

/** Two activations of one client and integration on the same day. */
function findOverlaps(rows: Rows<typeof ACTIVATION_COLUMNS>): RegistryFault[] {
  const dated = rows.filter(
    ({ cells }) => isDate(cells.active_from) && (cells.active_until === '' || isDate(cells.active_until)),
  )
  const groups = Map.groupBy(dated, ({ cells }) => JSON.stringify([cells.client_id, cells.integration_id]))
  return [...groups.values()].flatMap(findOverlapsWithin)
}

function findOverlapsWithin(rows: Rows<typeof ACTIVATION_COLUMNS>): RegistryFault[] {
  const faults: RegistryFault[] = []
  let latest: { until: string; line: number } | null = null
  const sorted = rows.toSorted((a, b) => compare(a.cells.active_from, b.cells.active_from) || a.line - b.line)
  for (const { line, cells } of sorted) {
    if (latest !== null && (latest.until === '' || cells.active_from < latest.until)) {
      const end = latest.until === '' ? 'has no end' : `ends on ${latest.until}`
      faults.push({
        file: 'activations.csv',
        line,
        column: 'active_from',
        detail: `${cells.active_from} overlaps line ${latest.line}, which ${end}; expected one activation at a time`,
      })
    }
    if (
      latest === null ||
      (latest.until !== '' && (cells.active_until === '' || cells.active_until > latest.until))
    ) {
      latest = { until: cells.active_until, line }
    }
  }
  return faults
}

function idsOf<Column extends string>(
  rows: readonly TableRow<Column>[] | null,
  column: NoInfer<Column>,
): ReadonlySet<string> | null {
  return rows === null ? null : new Set(rows.map(({ cells }) => cells[column]))
}

/** Good enough to compare: whether it is a day of the calendar is checked cell by cell. */
function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
