import type { FaultList } from './fault-list.ts'
import type { TableRow } from './read-table.ts'
import { compareText } from './sort-registry.ts'

type Rows<Column extends string> = readonly TableRow<Column>[]
type Activations = Rows<'client_id' | 'integration_id' | 'active_from' | 'active_until'>

/** The rows of each file as text; null for a file that could not be read, which then convicts no other. */
type RegistryTables = {
  readonly clients: Rows<'client_id' | 'partner_id' | 'collective_invoice'> | null
  readonly partners: Rows<'partner_id'> | null
  readonly integrations: Rows<'integration_id'> | null
  readonly activations: Activations | null
}

/**
 * What is wrong between rows and between files. It works on the text, so that a mistake in one cell of a row doesn't
 * make a stranger of its id.
 */
export function checkRegistry(tables: RegistryTables, faults: FaultList): void {
  findDuplicates('clients.csv', 'client_id', tables.clients ?? [], faults)
  findDuplicates('partners.csv', 'partner_id', tables.partners ?? [], faults)
  findDuplicates('integrations.csv', 'integration_id', tables.integrations ?? [], faults)
  checkClients(tables, faults)
  checkPartners(tables, faults)
  checkActivations(tables, faults)
  findOverlaps(tables.activations ?? [], faults)
}

function findDuplicates<Column extends string>(
  file: string,
  column: Column,
  rows: readonly TableRow<NoInfer<Column>>[],
  faults: FaultList,
): void {
  const lineById = new Map<string, number>()
  for (const { line, cells } of rows) {
    const first = lineById.get(cells[column])
    if (first === undefined) lineById.set(cells[column], line)
    else {
      const detail = `${show(cells[column])} is in line ${first} already; expected once`
      faults.add({ file, line, column, detail })
    }
  }
}

function checkClients({ clients, partners }: RegistryTables, faults: FaultList): void {
  const partnerIds = idsOf(partners, 'partner_id')
  for (const { line, cells } of clients ?? []) {
    const add = (column: string, detail: string) => faults.add({ file: 'clients.csv', line, column, detail })
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
}

function checkPartners({ partners, clients }: RegistryTables, faults: FaultList): void {
  const clientIds = idsOf(clients, 'client_id')
  for (const { line, cells } of partners ?? []) {
    if (clientIds?.has(cells.partner_id) !== false) continue
    const detail = `${show(cells.partner_id)} is no client; expected every partner in clients.csv as well`
    faults.add({ file: 'partners.csv', line, column: 'partner_id', detail })
  }
}

function checkActivations({ activations, clients, integrations }: RegistryTables, faults: FaultList): void {
  const clientIds = idsOf(clients, 'client_id')
  const integrationIds = idsOf(integrations, 'integration_id')
  for (const { line, cells } of activations ?? []) {
    const add = (column: string, detail: string) =>
      faults.add({ file: 'activations.csv', line, column, detail })
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
}

/** Two activations of one client and integration on the same day. */
function findOverlaps(rows: Activations, faults: FaultList): void {
  const dated = rows.filter(
    ({ cells }) => isDate(cells.active_from) && (cells.active_until === '' || isDate(cells.active_until)),
  )
  let latest: Activations[number] | null = null
  for (const row of dated.sort(compareRows)) {
    const { line, cells } = row
    if (latest === null || !isOfSame(row, latest)) {
      latest = row
      continue
    }
    const until: string = latest.cells.active_until
    if (until === '' || cells.active_from < until) {
      const end = until === '' ? 'has no end' : `ends on ${until}`
      const overlap = `${cells.active_from} overlaps line ${latest.line}, which ${end}`
      const detail = `${overlap}; expected one activation at a time`
      faults.add({ file: 'activations.csv', line, column: 'active_from', detail })
    }
    if (until !== '' && (cells.active_until === '' || cells.active_until > until)) latest = row
  }
}

function isOfSame({ cells }: Activations[number], other: Activations[number]): boolean {
  return cells.client_id === other.cells.client_id && cells.integration_id === other.cells.integration_id
}

/** Those of one client and integration one after the other. */
function compareRows({ cells, line }: Activations[number], other: Activations[number]): number {
  return (
    compareText(cells.client_id, other.cells.client_id) ||
    compareText(cells.integration_id, other.cells.integration_id) ||
    compareText(cells.active_from, other.cells.active_from) ||
    line - other.line
  )
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

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
