import { groupThousands } from '@forbruk/schemas/number/group-thousands.ts'
import type { Compared } from '@forbruk/schemas/statement/month-close.ts'
import type { Reconciled } from './reconciled.ts'

type Counts = Pick<Reconciled, 'served' | 'resets' | 'arrived' | 'rejected' | 'tolerance'>

/**
 * Pure. What came and was rejected has arrived as well. Where a counter began anew, what it had counted since it was
 * read last is not known: more may have been served than is said, so that too many are no fault then.
 */
export function judgeReconciliation({
  served,
  resets,
  arrived,
  rejected,
  tolerance,
}: Counts): Compared['verdict'] {
  const lacking = served - arrived - rejected
  if (lacking > tolerance) return 'short'
  return -lacking > tolerance && resets === 0 ? 'over' : 'agrees'
}

/** As it is printed, and answered. */
export function toCompared(reconciled: Reconciled): Compared {
  const { source, fromTimeMs, toTimeMs, counter, served, resets, arrived, rejected, tolerance } = reconciled
  const [from, to] = [new Date(fromTimeMs).toISOString(), new Date(toTimeMs).toISOString()]
  const verdict = judgeReconciliation(reconciled)
  return { source, from, to, counter, served, resets, arrived, rejected, tolerance, verdict }
}

/** A sentence, for the proof of a month and for a close that is refused. */
export function describeReconciliation(compared: Reconciled): string {
  const { source, fromTimeMs, toTimeMs, counter, served, resets, arrived, rejected, tolerance } = compared
  const whose = counter === 'told' ? 'as a person told it' : `by the counters of ${counter}`
  const least = resets === 0 ? '' : 'at least '
  const span = `from ${new Date(fromTimeMs).toISOString()} to ${new Date(toTimeMs).toISOString()}`
  const came = `${show(arrived)} arrived${rejected === 0 ? '' : ` and ${show(rejected)} were rejected`}`
  const tolerated = tolerance === 0 ? '' : `, where ${show(tolerance)} more or fewer were tolerated`
  const said = `Source ${source}: its gateway served ${least}${show(served)} requests ${span}, ${whose}`
  return `${said}; ${came}, which ${spellVerdict(compared)}${tolerated}.`
}

function spellVerdict(compared: Counts): string {
  const { served, arrived, rejected } = compared
  switch (judgeReconciliation(compared)) {
    case 'agrees':
      return 'agrees'
    case 'short':
      return `is ${show(served - arrived - rejected)} too few`
    case 'over':
      return `is ${show(arrived + rejected - served)} too many`
  }
}

function show(count: number): string {
  return groupThousands(String(count), ' ')
}
