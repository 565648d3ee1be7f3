import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'
import { STATUS_CLASSES, type StatusClass } from '@forbruk/schemas/event/status-class.ts'
import type { Integration, IntegrationKind } from '@forbruk/schemas/registry/registry.ts'
import type { ExceptionKind } from '@forbruk/schemas/statement/month-close.ts'
import type { StatementUsage } from '@forbruk/schemas/statement/statement.ts'
import {
  classesNotCounted,
  type IntegrationRule,
  type TariffVersion,
} from '@forbruk/schemas/tariff/read-tariff.ts'
import { sumUsage, type UsageSum } from '../usage/usage.ts'
import { type ActiveRegistry, isEndCustomer } from './active-registry.ts'

/** What a client did through one integration in the month, and what of it counts against the allowance. */
export type MeasuredUse = {
  readonly clientId: string
  readonly integrationId: string
  readonly kind: StatementUsage['kind']
  readonly total: UsageSum
  /** Nothing while there is an exception. */
  readonly metered: Metered
  /** What would be metered but for its status, by class; nothing while there is an exception. */
  readonly notCounted: readonly (Metered & { readonly statusClass: StatusClass })[]
  /** Why it can't be charged as it stands; null when it can. */
  readonly exception: ExceptionKind | null
}

type Metered = { readonly requests: bigint; readonly bytes: bigint }

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
    const kind = kindOf(integrationId, active.integrationById)
    const use = { clientId, integrationId, kind, rows: ofIntegration }
    const exception = judge(use, active, version)
    const counts = exception === null && isMetered(kind, version)
    return {
      clientId,
      integrationId,
      kind,
      total: sumUsage(ofIntegration),
      metered: counts ? meter(ofIntegration, version) : NOTHING,
      notCounted: counts ? listNotCounted(ofIntegration, version) : [],
      exception,
    }
  })
}

function findNotOffered(clientId: string, active: ActiveRegistry): string[] {
  if (!isEndCustomer(clientId, active)) return []
  const integrations = active.activeByClient.get(clientId) ?? []
  return integrations.filter(({ kind }) => kind === 'partner').map(each => each.integrationId)
}

export function kindOf(
  integrationId: string,
  integrationById: ReadonlyMap<string, Integration>,
): MeasuredUse['kind'] {
  if (integrationId === '') return 'unnamed'
  return integrationById.get(integrationId)?.kind ?? 'unknown'
}

type Use = Pick<MeasuredUse, 'clientId' | 'integrationId' | 'kind'> & { readonly rows: readonly ClientUse[] }

function judge(use: Use, active: ActiveRegistry, version: TariffVersion): ExceptionKind | null {
  const { clientId, integrationId, kind, rows } = use
  if (!active.clientById.has(clientId)) return 'unknown_client'
  if (kind === 'unnamed' || kind === 'unknown') return judgeRule(ruleFor(kind, version), rows, version)
  const activated = active.activeByClient.get(clientId) ?? []
  if (!activated.some(each => each.integrationId === integrationId)) return 'not_activated'
  return kind === 'partner' && isEndCustomer(clientId, active) ? 'no_partner' : null
}

function judgeRule(
  rule: IntegrationRule,
  rows: readonly ClientUse[],
  version: TariffVersion,
): ExceptionKind | null {
  switch (rule) {
    case 'internal':
    case 'external':
      return null
    case 'exception':
      return 'unknown_integration'
    case 'undecided': {
      // What counts for nothing either way needs no decision: nobody holds a close up with requests that are refused.
      const { requests, bytes } = meter(rows, version)
      return requests === 0n && bytes === 0n ? null : 'undecided_integration'
    }
  }
}

/** What the tariff says of use whose integration can't be looked up. */
function ruleFor(kind: 'unnamed' | 'unknown', { definitions }: TariffVersion): IntegrationRule {
  return kind === 'unnamed' ? definitions.unnamedIntegration : (definitions.unknownIntegration ?? 'exception')
}

/** Whether use of the kind counts against the allowance, if it is no exception. */
export function isMetered(kind: MeasuredUse['kind'], version: TariffVersion): boolean {
  const rated = kind === 'unnamed' || kind === 'unknown' ? ruleFor(kind, version) : kind
  const meteredKinds: readonly (IntegrationKind | IntegrationRule)[] = version.consumption.meteredKinds
  return meteredKinds.includes(rated)
}

/** Pure: what of such uses counts against the allowance. */
export function meter(rows: readonly ClientUse[], version: TariffVersion): Metered {
  const notCounted = classesNotCounted(version)
  return toMetered(
    rows.filter(row => !notCounted.has(row.statusClass)),
    version,
  )
}

function listNotCounted(rows: readonly ClientUse[], version: TariffVersion): MeasuredUse['notCounted'] {
  const classes = classesNotCounted(version)
  return STATUS_CLASSES.flatMap(statusClass => {
    const some = rows.filter(row => row.statusClass === statusClass && classes.has(statusClass))
    return some.length === 0 ? [] : [{ statusClass, ...toMetered(some, version) }]
  })
}

function toMetered(rows: readonly ClientUse[], { definitions }: TariffVersion): Metered {
  const sum = sumUsage(rows)
  return { requests: sum.requests, bytes: countBytes(sum, definitions.bytesCounted) }
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
