import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Client, Registry } from '@forbruk/schemas/registry/registry.ts'
import type { CloseException } from '@forbruk/schemas/statement/month-close.ts'
import type { Statement, StatementLine, StatementUsage } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { sumUsage } from '../usage/usage.ts'
import { type ActiveRegistry, activeOfKind, takeActiveRegistry } from './active-registry.ts'
import { type MeasuredUse, measureUses } from './measure-uses.ts'
import { priceAccess, priceIncluded, pricePartnerTier, sumAmounts } from './price-lines.ts'
import { type Decided, priceOverage } from './price-overage.ts'

/**
 * How the dialogue over this month's overage was decided, by client id; no entry, no decision yet. Several of one
 * client are in the order they were made, each about what exceeds the one before it.
 */
export type Decisions = ReadonlyMap<string, readonly Decided[]>

/** The outcome of rating a month: everything in it is a function of usage, registry, tariff, decisions and month. */
export type RatedMonth = {
  readonly month: string
  /** By client id. */
  readonly statements: readonly Statement[]
  /** By client, integration and kind. */
  readonly exceptions: readonly CloseException[]
}

/**
 * Usage, registry, tariff and decisions to statements. Pure: the same values give the same statements, in whatever
 * order they come. Every usage row ends in a statement or in an exception. A client that has neither usage nor a line
 * gets no statement.
 *
 * @param usage one row per client, integration and status class
 */
export function rateMonth(
  usage: readonly ClientUse[],
  registry: Registry,
  version: TariffVersion,
  period: BillingPeriod,
  decisions: Decisions = new Map(),
): RatedMonth {
  const active = takeActiveRegistry(registry, period)
  const rowsByClient = Map.groupBy(usage, row => row.clientId)
  const clientIds = new Set([...active.clientById.keys(), ...rowsByClient.keys()])
  const usesByClient = new Map(
    [...clientIds].map(clientId => {
      const rows = rowsByClient.get(clientId) ?? []
      return [clientId, measureUses(clientId, rows, active, version)] as const
    }),
  )
  const statements = [...active.clientById.values()]
    .map(client => {
      const uses = usesByClient.get(client.clientId) ?? []
      return rateClient(client, uses, active, version, decisions.get(client.clientId) ?? [])
    })
    .filter(({ usage, lines }) => usage.length > 0 || lines.length > 0)
    .toSorted((a, b) => compare(a.clientId, b.clientId))
  const exceptions = [...usesByClient.values()].flat().flatMap(toException)
  return { month: period.month, statements, exceptions: exceptions.toSorted(compareExceptions) }
}

function rateClient(
  client: Client,
  uses: readonly MeasuredUse[],
  active: ActiveRegistry,
  version: TariffVersion,
  decisions: readonly Decided[],
): Statement {
  const meteredRequests = uses.reduce((sum, { metered }) => sum + metered.requests, 0n)
  const meteredBytes = uses.reduce((sum, { metered }) => sum + metered.bytes, 0n)
  const lines = [
    ...priceIntegrations(client, uses, active, version),
    ...priceOverage(version, meteredRequests, meteredBytes, decisions),
  ]
  const payerId = client.collectiveInvoice && client.partnerId !== null ? client.partnerId : client.clientId
  const total = sumUsage(uses.map(use => use.total))
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
    meteredRequests: meteredRequests.toString(),
    meteredBytes: meteredBytes.toString(),
    usage: uses.filter(isUsed).map(toStatementUsage),
    lines,
  }
}

/** What a client pays for having integrations, whatever it does through them. */
function priceIntegrations(
  client: Client,
  uses: readonly MeasuredUse[],
  active: ActiveRegistry,
  version: TariffVersion,
): StatementLine[] {
  const requestsBy = new Map(uses.map(use => [use.integrationId, use.total.requests]))
  const lines = activeOfKind(active, client.clientId, ['internal', 'year_end']).map(integration =>
    priceIncluded(integration, requestsBy.get(integration.integrationId) ?? 0n),
  )
  const partnerClients = active.clientsByPayingPartner.get(client.clientId)
  if (partnerClients !== undefined) lines.push(pricePartnerTier(version, partnerClients.length))
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

function isUsed({ total }: MeasuredUse): boolean {
  return total.requests > 0n || total.requestBytes > 0n || total.responseBytes > 0n
}

function toStatementUsage({ integrationId, kind, total, metered, notCounted }: MeasuredUse): StatementUsage {
  return {
    integrationId,
    kind,
    requests: total.requests.toString(),
    requestBytes: total.requestBytes.toString(),
    responseBytes: total.responseBytes.toString(),
    meteredRequests: metered.requests.toString(),
    meteredBytes: metered.bytes.toString(),
    notCounted: notCounted.map(({ statusClass, requests, bytes }) => ({
      statusClass,
      requests: `${requests}`,
      bytes: `${bytes}`,
    })),
  }
}

function toException({ exception, clientId, integrationId, total }: MeasuredUse): CloseException[] {
  if (exception === null) return []
  const bytes = total.requestBytes + total.responseBytes
  return [
    {
      kind: exception,
      clientId,
      integrationId,
      requests: total.requests.toString(),
      bytes: bytes.toString(),
    },
  ]
}

function compareExceptions(a: CloseException, b: CloseException): number {
  return compare(a.clientId, b.clientId) || compare(a.integrationId, b.integrationId)
}

/** By code unit, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
