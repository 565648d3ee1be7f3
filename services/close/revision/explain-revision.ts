import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import type { StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { type Decisions, type RatedMonth, rateMonth } from '../rating/rate.ts'
import { readRegistryImport } from '../registry/read-stored-registry.ts'
import { adoptBounds, describeDecided, isEqualDecisions } from './compare-decisions.ts'
import { isEqualRating } from './compare-ratings.ts'
import { explainDifference, type RatedStep } from './explain-difference.ts'
import type { Revision } from './read-revision.ts'
import { readStatements } from './read-statements.ts'

/** What a month is rated with, each input with what it is known by. */
export type RatingInputs = {
  readonly usage: readonly ClientUse[]
  readonly registry: { readonly importId: string; readonly registry: Registry }
  readonly tariff: { readonly hash: string; readonly version: TariffVersion }
  readonly decisions: Decisions
  readonly period: BillingPeriod
}

export type ExplainedRevision = {
  readonly adjustments: readonly StatementAdjustment[]
  /** Whether another registry changes anything in the month, be it a name. */
  readonly isRegistryFelt: boolean
}

/**
 * The difference between a recorded revision and what these inputs give: the month is rated again, with one more of the
 * changed inputs each time. What an input did is then exactly what it did, whatever else changed. Throws StoreError
 * when the registry of the revision can't be read any more.
 */
export async function explainRevision(
  store: Store,
  previous: Revision,
  inputs: RatingInputs,
  rated: RatedMonth,
): Promise<ExplainedRevision> {
  const before = await readStatements(store, previous)
  const isSameRegistry = previous.registryImportId === inputs.registry.importId
  const registry = isSameRegistry
    ? inputs.registry.registry
    : await readRegistryImport(store, previous.registryImportId)
  const { steps, isRegistryFelt } = rateStepwise(previous, registry, inputs, rated)
  return { adjustments: explainDifference(before, steps), isRegistryFelt }
}

/** Pure. The last step is the month as it is now. */
function rateStepwise(
  previous: Revision,
  registryBefore: Registry,
  inputs: RatingInputs,
  rated: RatedMonth,
): { readonly steps: RatedStep[]; readonly isRegistryFelt: boolean } {
  const { usage, period } = inputs
  const tariffBefore = previous.tariff.version
  const rate = (registry: Registry, version: TariffVersion, decisions: Decisions) =>
    rateMonth(usage, registry, version, period, decisions)
  const decisionsBefore = adoptBounds(previous.decisions, inputs.decisions)
  const isSameDecisions = isEqualDecisions(decisionsBefore, inputs.decisions)
  const isSameTariff = previous.tariff.hash === inputs.tariff.hash
  const isSameRegistry = previous.registryImportId === inputs.registry.importId
  const { registry } = inputs.registry

  const byTariff = isSameDecisions ? rated : rate(registry, inputs.tariff.version, decisionsBefore)
  const byRegistry = isSameTariff ? byTariff : rate(registry, tariffBefore, decisionsBefore)
  const byUsage = isSameRegistry ? byRegistry : rate(registryBefore, tariffBefore, decisionsBefore)
  const ofDecisions = (clientId: string) => {
    const show = (decisions: Decisions) => describeDecided(decisions.get(clientId) ?? [])
    return `${show(decisionsBefore)} to ${show(inputs.decisions)}`
  }
  const ofRegistry = () => describeRegistryChange(previous, inputs)
  const ofTariff = () => describeTariffChange(previous, inputs)
  const steps: RatedStep[] = [
    { cause: 'usage', statements: byUsage.statements, describe: () => '' },
    { cause: 'registry', statements: byRegistry.statements, describe: ofRegistry },
    { cause: 'tariff', statements: byTariff.statements, describe: ofTariff },
    { cause: 'decision', statements: rated.statements, describe: ofDecisions },
  ]
  return { steps, isRegistryFelt: !isEqualRating(byUsage, byRegistry) }
}

export function describeRegistryChange(previous: Revision, { registry }: RatingInputs): string {
  return `import ${shorten(previous.registryImportId)} to ${shorten(registry.importId)}`
}

export function describeTariffChange({ tariff: before }: Revision, { tariff: after }: RatingInputs): string {
  const show = ({ version, hash }: RatingInputs['tariff']) => `${shorten(hash)} (from ${version.validFrom})`
  return `${show(before)} to ${show(after)}`
}

function shorten(hash: string): string {
  return hash.slice(0, 12)
}
