import type { ClientUse } from '@forbruk/infra/ledger/usage.ts'
import type { IntegrationKind } from '@forbruk/schemas/registry/registry.ts'
import type { ExceptionKind } from '@forbruk/schemas/statement/month-close.ts'
import type { StatementUsage } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { sumUsage, type UsageSum } from '../usage/usage.ts'
import { type ActiveRegistry, isEndCustomer } from './active-registry.ts'

/** What a client did through one integration in the month, and what of it counts against the allowance. */
export type MeasuredUse = {
  readonly clientId: string
  readonly integrationId: string
  readonly kind: StatementUsage['kind']
  readonly total: UsageSum
  /** Nothing while there is an exception. */
  readonly metered: { readonly requests: bigint; readonly bytes: bigint }
  /** Why it can't be charged as it stands; null when it can. */
  readonly exception: ExceptionKind | null
}

const NOTHING = { requests: 0n, bytes: 0n }

/**
 * Pure: one use per integration, by integration id. An integration of a partner that is active for an end customer is
 * a use even if nothing was done through it: it should not be there.
 *
 * @param rows the client's, of any status class
 */
export function measureUses(
  clientId: string,
  rows: readonly ClientUse[],
  active: ActiveRegistry,
  version: TariffVersion,
): MeasuredUse[] {
  const rowsByIntegration = Map.groupBy(rows, row => row.integrationId)
  const ids = new Set([...rowsByIntegration.keys(), ...findNotOffered(clientId, active)])
  return [...ids].toSorted().map(integrationId => {
    const ofIntegration = rowsByIntegration.get(integrationId) ?? []
    const kind = kindOf(integrationId, active)
    const exception = judge(clientId, integrationId, kind, active, version)
    return {
      clientId,
      integrationId,
      kind,
      total: sumUsage(ofIntegration),
      metered: exception === null && isMetered(kind, version) ? meter(ofIntegration, version) : NOTHING,
      exception,
    }
  })
}

function findNotOffered(clientId: string, active: ActiveRegistry): string[] {
  if (!isEndCustomer(clientId, active)) return []
  const integrations = active.activeByClient.get(clientId) ?? []
  return integrations.filter(({ kind }) => kind === 'partner').map(each => each.integrationId)
}

function kindOf(integrationId: string, active: ActiveRegistry): MeasuredUse['kind'] {
  if (integrationId === '') return 'unnamed'
  return active.integrationById.get(integrationId)?.kind ?? 'unknown'
}

function judge(
  clientId: string,
  integrationId: string,
  kind: MeasuredUse['kind'],
  active: ActiveRegistry,
  version: TariffVersion,
): ExceptionKind | null {
  if (!active.clientById.has(clientId)) return 'unknown_client'
  if (kind === 'unknown') return 'unknown_integration'
  if (kind === 'unnamed') {
    return version.definitions.unnamedIntegration === 'exception' ? 'unknown_integration' : null
  }
  const activated = active.activeByClient.get(clientId) ?? []
  if (!activated.some(each => each.integrationId === integrationId)) return 'not_activated'
  return kind === 'partner' && isEndCustomer(clientId, active) ? 'no_partner' : null
}

/** Use without a name that is no exception counts as external: the tariff says so. */
function isMetered(kind: MeasuredUse['kind'], version: TariffVersion): boolean {
  const ratedKind: IntegrationKind | 'unknown' = kind === 'unnamed' ? 'external' : kind
  return version.consumption.meteredKinds.some(each => each === ratedKind)
}

/** Pure: what of such uses counts against the allowance. */
export function meter(rows: readonly ClientUse[], { definitions }: TariffVersion): MeasuredUse['metered'] {
  const counted = sumUsage(rows.filter(row => !definitions.statusClassesNotCounted.includes(row.statusClass)))
  return { requests: counted.requests, bytes: countBytes(counted, definitions.bytesCounted) }
}

function countBytes(
  { requestBytes, responseBytes }: UsageSum,
  counted: TariffVersion['definitions']['bytesCounted'],
): bigint {
  switch (counted) {
    case 'request_and_response':
      return requestBytes + responseBytes
    case 'request':
      return requestBytes
    case 'response':
      return responseBytes
  }
}
