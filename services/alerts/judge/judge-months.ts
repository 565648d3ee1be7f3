import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { type AlertsTopic, raiseAlerts, readRaised } from '../record/raise-alerts.ts'
import { type Amounts, judgeUsage } from './judge-usage.ts'
import { type JudgedPeriod, judgedPeriods } from './judged-periods.ts'
import { type Positions, readClientsToJudge, readClientUses, readPositions } from './read-usage.ts'

/** What a month's usage is judged by. */
export type MonthRules = {
  readonly allowance: Amounts
  /** What of a client's use counts against the allowance. Pure. */
  readonly meter: (clientId: string, uses: readonly ClientUse[]) => Amounts
}

export type JudgeParts = {
  readonly store: Store
  /** The topic that is counted. */
  readonly counted: { readonly topic: string; readonly partitionCount: number }
  readonly alertsTopic: AlertsTopic
  readonly timeZone: string
  /** Null for a month that can't be judged: there is no registry, or no tariff holds. */
  readonly readRules: (period: BillingPeriod) => Promise<MonthRules | null>
  /** Months that are closed: their late events show on the close. */
  readonly readClosedMonths: () => Promise<ReadonlySet<string>>
  readonly clock: () => number
}

/** What the judge remembers between two looks; losing it costs one look at everything. */
export type LastLook = { readonly positions: Positions; readonly months: string; readonly fullAtMs: number }

/** Clients that the registry or time itself lifts over a level have no new usage to be found by. */
const FULL_LOOK_EVERY_MS = 10 * 60_000
const CLIENTS_PER_QUERY = 500

type Look = { readonly look: LastLook; readonly raised: readonly UsageAlert[] }

/**
 * Looks at the months that can still call for an alert and records what they call for. Of clients without new usage
 * since the last look nothing is read, except every ten minutes. Nothing of a look that failed is remembered.
 */
export async function judgeMonths(parts: JudgeParts, last: LastLook | null): Promise<Look> {
  const { store, counted, timeZone, clock, readClosedMonths } = parts
  const nowMs = clock()
  const closed = await readClosedMonths()
  const periods = judgedPeriods(nowMs, timeZone, month => closed.has(month))
  const months = periods.map(period => period.month).join(' ')
  const positions = await readPositions(store, counted.topic, counted.partitionCount)

  const isFull = last === null || last.months !== months || nowMs - last.fullAtMs >= FULL_LOOK_EVERY_MS
  const look = { positions, months, fullAtMs: isFull ? nowMs : last.fullAtMs }
  const changedSince = isFull ? positions.map(() => 0) : last.positions
  const isSame = !isFull && positions.every((offset, partition) => offset === changedSince[partition])
  if (isSame) return { look, raised: [] }

  const raised: UsageAlert[] = []
  for (const period of periods) raised.push(...(await judgePeriod(parts, period, nowMs, changedSince)))
  return { look, raised }
}

async function judgePeriod(
  { store, counted, alertsTopic, readRules }: JudgeParts,
  period: JudgedPeriod,
  nowMs: number,
  changedSince: Positions,
): Promise<UsageAlert[]> {
  const rules = await readRules(period.period)
  if (rules === null) return []
  const { allowance, meter } = rules
  const stream = counted.topic
  const question = { stream, period, nowMs, allowance, changedSince }
  const clientIds = await readClientsToJudge(store, question)
  const raised: UsageAlert[] = []
  for (let start = 0; start < clientIds.length; start += CLIENTS_PER_QUERY) {
    const chunk = clientIds.slice(start, start + CLIENTS_PER_QUERY)
    const alreadyRaised = await readRaised(store, stream, period.month, chunk)
    const uses = await readClientUses(store, question, chunk)
    const alerts = [...uses].flatMap(([clientId, { used, usedRecently }]) => {
      const usage = { clientId, used: meter(clientId, used), usedRecently: meter(clientId, usedRecently) }
      return judgeUsage(usage, allowance, { ...period, stream }, nowMs, alreadyRaised)
    })
    raised.push(...(await raiseAlerts(store, alertsTopic, alerts)))
  }
  return raised
}
