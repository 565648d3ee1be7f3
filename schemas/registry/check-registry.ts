import type { FaultList } from './fault-list.ts'
import type { RegistryTables, RowOrder } from './order-rows.ts'
import type { PackedTable } from './packed-rows.ts'
import type { TextPool } from './text-pool.ts'

type CheckedRegistry = {
  readonly tables: RegistryTables
  readonly order: RowOrder
  readonly pool: TextPool
  readonly faults: FaultList
}

/**
 * What is wrong between rows and between files. It works on the text, so that a mistake in one cell of a row doesn't
 * make a stranger of its id.
 */
export function checkRegistry(registry: CheckedRegistry): void {
  const { clients, partners, integrations } = registry.tables
  findDuplicates(registry, 'clients.csv', 'client_id', clients)
  findDuplicates(registry, 'partners.csv', 'partner_id', partners)
  findDuplicates(registry, 'integrations.csv', 'integration_id', integrations)
  checkClients(registry)
  checkPartners(registry)
  checkActivations(registry)
  findOverlaps(registry)
}

function findDuplicates<Column extends string>(
  { pool, faults }: CheckedRegistry,
  file: string,
  column: Column,
  table: PackedTable<NoInfer<Column>> | null,
): void {
  const firstLines = new Uint32Array(pool.size)
  for (const [row, code] of table?.columns[column].entries() ?? []) {
    const line = table?.lines[row] ?? 0
    const first = firstLines[code] ?? 0
    if (first === 0) firstLines[code] = line
    else {
      const detail = `${show(pool.textOf(code))} is in line ${first} already; expected once`
      faults.add({ file, line, column, detail })
    }
  }
}

function checkClients({ tables: { clients, partners }, pool, faults }: CheckedRegistry): void {
  if (clients === null) return
  const { client_id: clientIds, partner_id: partnerIds, collective_invoice: collective } = clients.columns
  const known = idsOf(partners, 'partner_id')
  const [none, yes] = [pool.add(''), pool.add('yes')]
  for (const [row, clientId] of clientIds.entries()) {
    const partnerId = partnerIds[row] ?? none
    const add = (column: string, detail: string) =>
      faults.add({ file: 'clients.csv', line: clients.lines[row] ?? 0, column, detail })
    if (partnerId !== none && known?.has(partnerId) === false) {
      add('partner_id', `${show(pool.textOf(partnerId))} is unknown; expected an id from partners.csv`)
    }
    if (partnerId !== none && partnerId === clientId) {
      add('partner_id', `${show(pool.textOf(partnerId))} is the client itself; expected nothing, or another`)
    }
    if (collective[row] !== yes) continue
    if (partnerId === none) {
      add('collective_invoice', 'yes, without a partner to send it to; expected no, or a partner_id')
    }
    if (known?.has(clientId) === true) {
      add('collective_invoice', 'yes, for a partner; expected no: a partner receives its own statement')
    }
  }
}

function checkPartners({ tables: { partners, clients }, pool, faults }: CheckedRegistry): void {
  const clientIds = idsOf(clients, 'client_id')
  for (const [row, partnerId] of partners?.columns.partner_id.entries() ?? []) {
    if (clientIds?.has(partnerId) !== false) continue
    const detail = `${show(pool.textOf(partnerId))} is no client; expected every partner in clients.csv as well`
    faults.add({ file: 'partners.csv', line: partners?.lines[row] ?? 0, column: 'partner_id', detail })
  }
}

function checkActivations({ tables, pool, faults }: CheckedRegistry): void {
  const { activations, clients, integrations } = tables
  if (activations === null) return
  const { lines, columns } = activations
  const clientIds = idsOf(clients, 'client_id')
  const integrationIds = idsOf(integrations, 'integration_id')
  const dates = findDates(activations, pool)
  for (const [row, line] of lines.entries()) {
    const add = (column: string, detail: string) =>
      faults.add({ file: 'activations.csv', line, column, detail })
    const clientId = columns.client_id[row] ?? 0
    if (clientIds?.has(clientId) === false) {
      add('client_id', `${show(pool.textOf(clientId))} is unknown; expected an id from clients.csv`)
    }
    const integrationId = columns.integration_id[row] ?? 0
    if (integrationIds?.has(integrationId) === false) {
      const id = show(pool.textOf(integrationId))
      add('integration_id', `${id} is unknown; expected an id from integrations.csv`)
    }
    const from = dates.get(columns.active_from[row] ?? 0)
    const until = dates.get(columns.active_until[row] ?? 0)
    if (from !== undefined && until !== undefined && until <= from) {
      add(
        'active_until',
        `${show(until)}; expected a date after ${from}: the first day it is no longer active`,
      )
    }
  }
}

/** Two activations of one client and integration on the same day. */
function findOverlaps({ tables: { activations }, order, pool, faults }: CheckedRegistry): void {
  if (activations === null) return
  const { lines, columns } = activations
  const { client_id: clientIds, integration_id: integrationIds } = columns
  const dates = findDates(activations, pool).set(pool.add(''), '')
  let latest: { readonly row: number; readonly until: string } | null = null
  for (const row of order.activations) {
    const from = dates.get(columns.active_from[row] ?? 0) ?? ''
    const until = dates.get(columns.active_until[row] ?? 0)
    if (from === '' || until === undefined) continue
    if (
      latest === null ||
      clientIds[row] !== clientIds[latest.row] ||
      integrationIds[row] !== integrationIds[latest.row]
    ) {
      latest = { row, until }
      continue
    }
    if (latest.until === '' || from < latest.until) {
      const end = latest.until === '' ? 'has no end' : `ends on ${latest.until}`
      const detail = `${from} overlaps line ${lines[latest.row]}, which ${end}; expected one activation at a time`
      faults.add({ file: 'activations.csv', line: lines[row] ?? 0, column: 'active_from', detail })
    }
    if (latest.until !== '' && (until === '' || until > latest.until)) latest = { row, until }
  }
}

/** By code; good enough to compare: whether it is a day of the calendar is checked cell by cell. */
function findDates(
  { columns }: NonNullable<RegistryTables['activations']>,
  pool: TextPool,
): Map<number, string> {
  const dates = new Map<number, string>()
  for (const code of [...new Set(columns.active_from), ...new Set(columns.active_until)]) {
    const text = pool.textOf(code)
    if (/^\d{4}-\d\d-\d\d$/.test(text)) dates.set(code, text)
  }
  return dates
}

function idsOf<Column extends string>(
  table: PackedTable<Column> | null,
  column: NoInfer<Column>,
): ReadonlySet<number> | null {
  return table === null ? null : new Set(table.columns[column])
}

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
