import { ACCEPTED_CAUSES, type AcceptedCause, type Change } from '@forbruk/schemas/statement/month-close.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import { sumUsage } from '../usage/usage.ts'
import { adoptBounds, isEqualDecisions } from './compare-decisions.ts'
import { OTHER_RULES, signed } from './explain-difference.ts'
import {
  describeRegistryChange,
  describeTariffChange,
  type ExplainedRevision,
  type RatingInputs,
} from './explain-revision.ts'
import type { Revision } from './read-revision.ts'

type Revised = ExplainedRevision & {
  /** Null when the month was complete. */
  readonly forcedReason: string | null
}

/**
 * Pure: every input that changed, also where that changes no line, such as use within the allowance. Where none did
 * that is felt, other content comes from the rules.
 */
export function listChanges(previous: Revision, inputs: RatingInputs, revised: Revised): Change[] {
  const details: Record<Change['cause'], string> = {
    usage: describeUsageChange(previous, inputs),
    registry:
      previous.registryImportId === inputs.registry.importId ? '' : describeRegistryChange(previous, inputs),
    tariff: previous.tariff.hash === inputs.tariff.hash ? '' : describeTariffChange(previous, inputs),
    decision: isEqualDecisions(adoptBounds(previous.decisions, inputs.decisions), inputs.decisions)
      ? ''
      : `${previous.decisions.size} to ${inputs.decisions.size} decided`,
    rules: '',
    forced: previous.forcedReason === revised.forcedReason ? '' : describeForced(previous, revised),
  }
  const causes: Change['cause'][] = ['usage', 'registry', 'tariff', 'decision', 'rules', 'forced']
  const changes = causes.flatMap((cause): Change[] => {
    const parts = revised.adjustments.flatMap(({ causes }) => causes.filter(part => part.cause === cause))
    const detail = details[cause] || (parts[0]?.detail ?? '')
    if (detail === '') return []
    return [
      {
        cause,
        detail,
        lines: parts.length,
        amountNok: sumAmounts(parts.map(part => part.amountNok)),
        payableNok: sumAmounts(parts.map(part => part.payableNok)),
      },
    ]
  })
  if (changes.some(change => isFelt(change, revised))) return changes
  return [
    ...changes,
    { cause: 'rules', detail: OTHER_RULES, lines: 0, amountNok: '0.00', payableNok: '0.00' },
  ]
}

/** Pure: which of the changes a person has to accept. */
export function listAsked(changes: readonly Change[], explained: ExplainedRevision): AskedChange[] {
  const felt = changes.filter(change => isFelt(change, explained))
  return ACCEPTED_CAUSES.flatMap(cause =>
    felt.filter(change => change.cause === cause).map(change => ({ ...change, cause })),
  )
}
type AskedChange = Change & { readonly cause: AcceptedCause }

/** Another import may say the same of this month. */
function isFelt({ cause }: Change, { isRegistryFelt }: ExplainedRevision): boolean {
  return cause !== 'registry' || isRegistryFelt
}

/** Of all that was counted in the month, charged or not. */
function describeUsageChange(previous: Revision, { usage }: RatingInputs): string {
  const sum = sumUsage(usage)
  const requests = sum.requests - BigInt(previous.countedRequests)
  const bytes = sum.requestBytes + sum.responseBytes - BigInt(previous.countedBytes)
  return requests === 0n && bytes === 0n ? '' : `${signed(requests)} requests, ${signed(bytes)} bytes`
}

function describeForced(previous: Revision, { forcedReason }: Revised): string {
  const show = (reason: string | null) => (reason === null ? 'complete' : `forced: ${reason}`)
  return `${show(previous.forcedReason)} to ${show(forcedReason)}`
}
