import type { MonthTerms } from '@forbruk/close/clients/month-terms.ts'
import { readClients } from '@forbruk/close/clients/read-clients.ts'
import { countRejected } from '@forbruk/close/rejected/count-rejected.ts'
import type { MonthFacts } from '@forbruk/console/routes/month-facts.ts'
import type { Overview } from '@forbruk/console/routes/overview.ts'
import { readSplitUsage } from '@forbruk/infra/ledger/usage/split-usage.ts'
import {
  type BillingPeriod,
  dateAt,
  FIRST_MONTH,
  listDays,
  periodBefore,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import type { ClientQuestion } from '@forbruk/schemas/usage/client-question.ts'
import { compareMonths, toMonthUse } from './compare-months.ts'
import type { ReadParts } from './read-parts.ts'
import { readPartitions } from './read-status.ts'
import { tellCompleteness, tellFreshness } from './tell-freshness.ts'

type Looked = { readonly terms: MonthTerms; readonly nowMs: number; readonly facts: MonthFacts }

const CLIENTS_SHOWN_MAX = 20

/** A month at a glance. */
export async function readOverview(parts: ReadParts, { terms, nowMs, facts }: Looked): Promise<Overview> {
  const { store, stream, openLog, findStandstills } = parts
  const { period, timeZone, days } = terms
  const before = period.month === FIRST_MONTH ? null : periodBefore(period)
  const [bothUsed, { clients, totals }, partitions, rejected, { waiting, sources, cases }] =
    await Promise.all([
      readDays(parts, before ?? period, terms),
      readClients({ store, stream, terms, nowMs, seen: null }, NEAR),
      readPartitions(store, stream, await openLog()),
      countRejected(store, stream, null),
      parts.readWaiting(nowMs),
    ])
  const [usage, usageBefore] = [
    bothUsed.filter(isOf(period)),
    before === null ? [] : bothUsed.filter(isOf(before)),
  ]
  const daysBefore = before === null ? [] : listDays(before)
  return {
    facts,
    usage: toMonthUse(period.month, usage),
    before: before && toMonthUse(before.month, usageBefore),
    compared: compareMonths(days, dateAt(nowMs, timeZone), usage, { days: daysBefore, usage: usageBefore }),
    totals: { over: totals.over, heading: totals.heading, near: totals.near },
    clients,
    freshness: tellFreshness(partitions, findStandstills().length),
    completeness: tellCompleteness(sources),
    waiting,
    open: {
      cases: cases.filter(({ state }) => state === 'open').length,
      rejectedEvents: rejected.reduce((sum, { state, events }) => sum + (state === 'open' ? events : 0), 0),
    },
  }
}

const NEAR: ClientQuestion = {
  search: '',
  standings: ['over', 'heading', 'near'],
  clientId: null,
  sort: 'share',
  isDescending: true,
  after: null,
  rowsMax: CLIENTS_SHOWN_MAX,
}

/** Of two months. */
const DAYS_MAX = 62

/** From the first month on, to the end of the one that is asked for. */
function readDays({ store, stream }: ReadParts, first: BillingPeriod, { range, timeZone }: MonthTerms) {
  return readSplitUsage(store, stream, {
    ...{ interval: 'day', splits: [], clientIds: [], integrationIds: [], statusClasses: [] },
    ...{ order: 'name', after: null, rowsMax: DAYS_MAX },
    range: { startMs: periodRange(first, timeZone).startMs, endMs: range.endMs },
    timeZone,
    seen: null,
  })
}

function isOf({ month }: BillingPeriod): (use: { readonly at: string }) => boolean {
  return ({ at }) => at.startsWith(month)
}
