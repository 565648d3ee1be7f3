import type { ClientAnswer } from '../../ask/clients.ts'
import type { TariffAnswer, TariffVersion } from '../../ask/tariff.ts'
import { addMonths } from '../../reader/months.ts'

/** What nobody has shown to be the client's own never counts against it. */
const NEVER_COUNTED = ['401/407']

type Registered = Pick<NonNullable<ClientAnswer['registered']>, 'partnerId' | 'isPartner' | 'activations'>
type Terms = Pick<TariffAnswer, 'month'> & {
  readonly version: {
    readonly consumption: Pick<TariffVersion['consumption'], 'meteredKinds'>
    readonly definitions: Pick<TariffVersion['definitions'], 'statusClassesNotCounted' | 'unnamedIntegration'>
  }
}

/** Pure: of which integrations, and answered how, use counts against the client's allowances in a month. */
export function findMetered(registered: Registered, { month, version }: Terms) {
  const meteredKinds: readonly string[] = version.consumption.meteredKinds
  const isOffered = (kind: string) =>
    kind !== 'partner' || registered.partnerId !== null || registered.isPartner
  const active = registered.activations.filter(
    ({ kind, activeFrom, activeUntil }) =>
      meteredKinds.includes(kind) &&
      isOffered(kind) &&
      activeFrom < `${addMonths(month, 1)}-01` &&
      (activeUntil === null || activeUntil > `${month}-01`),
  )
  const unnamed = meteredKinds.includes(version.definitions.unnamedIntegration) ? [''] : []
  return {
    integrationIds: [...unnamed, ...new Set(active.map(each => each.integrationId))],
    statusClassesNotCounted: [...version.definitions.statusClassesNotCounted, ...NEVER_COUNTED],
  }
}
