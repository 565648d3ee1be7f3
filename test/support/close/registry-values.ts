import { readFileSync } from 'node:fs'
import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'
import type { StatusClass } from '@forbruk/schemas/event/status-class.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Activation, Client, IntegrationKind, Registry } from '@forbruk/schemas/registry/registry.ts'
import { DEFAULT_TARIFF_URL, readTariff, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { requireTariffVersion } from '../../../services/close/gate/require-tariff-version.ts'
import { type Decided, WITHOUT_BOUND } from '../../../services/close/rating/price-overage.ts'
import { type Decisions, rateMonth } from '../../../services/close/rating/rate.ts'

export const OCTOBER = parseBillingPeriod('2026-10')
export const PUBLISHED = requireTariffVersion(
  readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default'),
  OCTOBER,
)
export const REQUESTS = 500_000n
export const BYTES = 30_000_000_000n
export const KINDS: Readonly<Record<string, IntegrationKind>> = {
  web: 'internal',
  year: 'year_end',
  bi: 'partner',
  desk: 'partner',
  shop: 'external',
  pos: 'external',
}

export function client(clientId: string, partnerId: string | null = null, collectiveInvoice = false): Client {
  return { clientId, name: clientId.toUpperCase(), partnerId, collectiveInvoice }
}

export function activation(
  clientId: string,
  integrationId: string,
  activeFrom = '2025-01-01',
  activeUntil: string | null = null,
): Activation {
  return { clientId, integrationId, activeFrom, activeUntil }
}

export function registry(clients: Client[], activations: Activation[], partnerIds: string[] = []): Registry {
  const integrations = Object.entries(KINDS).map(([integrationId, kind]) => ({
    integrationId,
    name: `The ${integrationId}`,
    kind,
  }))
  return {
    clients,
    activations,
    integrations,
    partners: partnerIds.map(partnerId => ({ partnerId, name: partnerId })),
  }
}

export function use(
  clientId: string,
  integrationId: string,
  requests: bigint,
  requestBytes = 0n,
  responseBytes = 0n,
  statusClass: StatusClass = '2xx',
): ClientUse {
  return { clientId, integrationId, statusClass, requests, requestBytes, responseBytes }
}

/** One decision, about whatever there is. */
export function decided(outcome: Decided['outcome'], bounds: Partial<Decided> = {}): readonly Decided[] {
  return [{ ...WITHOUT_BOUND, outcome, ...bounds }]
}

export function rate(
  usage: ClientUse[],
  known: Registry,
  version: TariffVersion = PUBLISHED,
  decisions: Decisions = new Map(),
) {
  return rateMonth(usage, known, version, OCTOBER, decisions)
}
