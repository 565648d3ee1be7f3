import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Client, IntegrationKind, Registry } from '@forbruk/schemas/registry/registry.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { type ActiveRegistry, activeOfKind, takeActiveRegistry } from './active-registry.ts'
import type { BillingPeriod } from './billing-period.ts'
import { priceAccess, priceIncluded, priceOverage, pricePartnerTier, sumAmounts } from './price-lines.ts'
import type { CloseException, RatedMonth, Statement, StatementLine, StatementUsage } from './statement.ts'
import { sumUsage, type UsageRow } from './usage.ts'

/** How the dialogue over this month's overage was decided, by client id; no entry, no decision yet. */
export type Decisions = ReadonlyMap<string, Outcome>

/**
 * Usage, registry, tariff and decisions to statements. Pure: the same values give the same statements, in whatever
 * order they come. Every usage row ends in a statement or in an exception. A client that has neither usage nor a line
 * gets no statement.
 *
 * @param usage one row per client and integration
 */
export function rateMonth(
  usage: readonly UsageRow[],
  registry: Registry,
  version: TariffVersion,
  period: BillingPeriod,
  decisions: Decisions = new Map(),
): RatedMonth {
  const active = takeActiveRegistry(registry, period)
  const usageByClient = Map.groupBy(usage, row => row.clientId)
  const statements = [...active.clientById.values()]
    .map(client => {
      const rows = usageByClient.get(client.clientId) ?? []
      return rateClient(client, rows, active, version, decisions.get(client.clientId) ?? null)
    })
    .filter(({ usage, lines }) => usage.length > 0 || lines.length > 0)
    .toSorted((a, b) => compare(a.clientId, b.clientId))
  const exceptions = [...usage.flatMap(row => findUsageException(row, active)), ...findPartnerless(active)]
  return { month: period.month, statements, exceptions: exceptions.toSorted(compareExceptions) }
}

function rateClient(
  client: Client,
  rows: readonly UsageRow[],
  active: ActiveRegistry,
  version: TariffVersion,
  decision: Outcome | null,
): Statement {
  const metered = sumUsage(rows.filter(row => isMetered(kindOf(row, active), version)))
  const meteredBytes = metered.requestBytes + metered.responseBytes
  const lines = [
    ...priceIntegrations(client, rows, active, version),
    ...priceOverage(version, metered.requests, meteredBytes, decision),
  ]
  const payerId = client.collectiveInvoice && client.partnerId !== null ? client.partnerId : client.clientId
  const total = sumUsage(rows)
  return {
    clientId: client.clientId,
    clientName: client.name,
    partnerId: client.partnerId,
    payerId,
    payerName: active.clientById.get(payerId)?.name ?? payerId,
    ...totalLines(lines),
    requests: total.requests.toString(),
    requestBytes: total.requestBytes.toString(),
    responseBytes: total.responseBytes.toString(),
    meteredRequests: metered.requests.toString(),
    meteredBytes: meteredBytes.toString(),
    usage: rows
      .map(row => toStatementUsage(row, active))
      .toSorted((a, b) => compare(a.integrationId, b.integrationId)),
    lines,
  }
}

/** What a client pays for having integrations, whatever it does through them. */
function priceIntegrations(
  client: Client,
  rows: readonly UsageRow[],
  active: ActiveRegistry,
  version: TariffVersion,
): StatementLine[] {
  const requestsBy = new Map(rows.map(row => [row.integrationId, row.requests]))
  const lines = activeOfKind(active, client.clientId, ['internal', 'year_end']).map(integration =>
    priceIncluded(integration, requestsBy.get(integration.integrationId) ?? 0n),
  )
  const partnerClients = active.clientsByPayingPartner.get(client.clientId)
  if (partnerClients !== undefined) lines.push(pricePartnerTier(version, partnerClients))
  if (activeOfKind(active, client.clientId, ['external']).length > 0) lines.push(priceAccess(version))
  return lines
}

function totalLines(lines: readonly StatementLine[]) {
  const sumOf = (status: StatementLine['status']) =>
    sumAmounts(lines.filter(line => line.status === status).map(line => line.amountNok))
  const payableNok = sumOf('payable')
  const proposedNok = sumOf('proposed')
  const status: Statement['status'] = lines.some(line => line.status === 'proposed') ? 'proposed' : 'payable'
  return { status, amountNok: sumAmounts([payableNok, proposedNok]), payableNok, proposedNok }
}

function kindOf(row: UsageRow, active: ActiveRegistry): StatementUsage['kind'] {
  return active.integrationById.get(row.integrationId)?.kind ?? 'unknown'
}

/** The tariff says it: what the registry doesn't know counts as external. */
function isMetered(kind: StatementUsage['kind'], version: TariffVersion): boolean {
  const ratedKind: IntegrationKind = kind === 'unknown' ? version.definitions.unknownIntegrations : kind
  return version.consumption.meteredKinds.includes(ratedKind)
}

function toStatementUsage(row: UsageRow, active: ActiveRegistry): StatementUsage {
  return {
    integrationId: row.integrationId,
    kind: kindOf(row, active),
    requests: row.requests.toString(),
    requestBytes: row.requestBytes.toString(),
    responseBytes: row.responseBytes.toString(),
  }
}

function findUsageException(row: UsageRow, active: ActiveRegistry): CloseException[] {
  const kind = judgeUsage(row, active)
  if (kind === null) return []
  const bytes = row.requestBytes + row.responseBytes
  const { clientId, integrationId, requests } = row
  return [{ kind, clientId, integrationId, requests: requests.toString(), bytes: bytes.toString() }]
}

function judgeUsage(
  { clientId, integrationId }: UsageRow,
  active: ActiveRegistry,
): 'unknown_client' | 'unknown_integration' | 'not_activated' | null {
  if (!active.clientById.has(clientId)) return 'unknown_client'
  if (!active.integrationById.has(integrationId)) return 'unknown_integration'
  const activated = active.activeByClient.get(clientId) ?? []
  return activated.some(integration => integration.integrationId === integrationId) ? null : 'not_activated'
}

function findPartnerless(active: ActiveRegistry): CloseException[] {
  return [...active.clientById.values()]
    .filter(({ clientId, partnerId }) => partnerId === null && !active.partnerIds.has(clientId))
    .flatMap(({ clientId }) =>
      activeOfKind(active, clientId, ['partner']).map(each => [clientId, each.integrationId]),
    )
    .map(([clientId = '', integrationId = '']) => ({ kind: 'no_partner', clientId, integrationId }))
}

function compareExceptions(a: CloseException, b: CloseException): number {
  return (
    compare(a.clientId, b.clientId) || compare(a.integrationId, b.integrationId) || compare(a.kind, b.kind)
  )
}

/** By code unit, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
