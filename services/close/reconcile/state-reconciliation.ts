import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { StatedReconciliation } from '@forbruk/schemas/statement/payer-statement.ts'
import { judgeReconciliation } from './judge-reconciliation.ts'
import type { Reconciled } from './reconciled.ts'

type OfRevision = {
  readonly reconciled: readonly Reconciled[]
  /** That live. */
  readonly sources: readonly string[]
  readonly range: PeriodRange
}

/**
 * Pure: what of it a payer is told, without figures of the provider's whole traffic. Null where nothing was compared.
 * What was not compared is not vouched for: `isWhole` is every source's whole month.
 */
export function stateReconciliation({ reconciled, sources, range }: OfRevision): StatedReconciliation | null {
  if (reconciled.length === 0) return null
  return {
    isWhole: sources.every(source =>
      covers(
        reconciled.filter(each => each.source === source),
        range,
      ),
    ),
    agrees: reconciled.every(each => judgeReconciliation(each) === 'agrees'),
    requestsTolerated: reconciled.reduce((sum, { tolerance }) => sum + tolerance, 0),
  }
}

function covers(spans: readonly Pick<Reconciled, 'fromTimeMs' | 'toTimeMs'>[], range: PeriodRange): boolean {
  let coveredToMs = range.startMs
  for (const { fromTimeMs, toTimeMs } of spans.toSorted((a, b) => a.fromTimeMs - b.fromTimeMs)) {
    if (fromTimeMs > coveredToMs) return false
    coveredToMs = Math.max(coveredToMs, toTimeMs)
  }
  return coveredToMs >= range.endMs
}
