import { clientsInScope, findOutOfScope } from '@forbruk/close/registry/clients-in-scope.ts'
import type { Days, Operations } from '@forbruk/console/routes/operations.ts'
import { exportSplitUsage, readSplitUsage } from '@forbruk/infra/ledger/usage/split-usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { daysRange, type PeriodRange, periodAt, periodDates } from '@forbruk/schemas/period/billing-period.ts'
import type { UsageQuestion } from '@forbruk/schemas/usage/usage-question.ts'

type UsageParts = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  /** Of the tariff. */
  readonly timeZone: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** What was counted, of the clients in a scope. */
export function createUsageOperations(parts: UsageParts): Pick<Operations, 'readUsage' | 'exportUsage'> {
  const { store, stream, timeZone, clock } = parts
  /** Without days, of this month. */
  const rangeOf: (days: Days | null) => PeriodRange = days => {
    const { first, afterLast } = days ?? periodDates(periodAt(clock(), timeZone))
    return daysRange(first, afterLast, timeZone)
  }
  /** Null: a client is named that is out of it. */
  const findRange = async (scope: Scope, days: Days | null, { clientIds }: UsageQuestion) => {
    const range = rangeOf(days)
    if ((await findOutOfScope(store, scope, { clientIds, range, timeZone })) !== null) return null
    return { range, timeZone, seen: await clientsInScope(store, scope, range, timeZone) }
  }
  return {
    async readUsage(scope, days, question) {
      const seen = await findRange(scope, days, question)
      if (seen === null) return null
      const { range } = seen
      return { range, timeZone, rows: await readSplitUsage(store, stream, { ...question, ...seen }) }
    },
    async exportUsage(scope, days, question) {
      const seen = await findRange(scope, days, question)
      return seen === null ? null : { file: await exportSplitUsage(store, stream, { ...question, ...seen }) }
    },
  }
}
