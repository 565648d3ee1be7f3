import type { MonthTerms } from '@forbruk/close/clients/month-terms.ts'
import { readClients } from '@forbruk/close/clients/read-clients.ts'
import { listCases } from '@forbruk/close/dialogue/list-cases.ts'
import { countRejected } from '@forbruk/close/rejected/count-rejected.ts'
import type { MonthFacts } from '@forbruk/console/routes/month-facts.ts'
import type { Overview } from '@forbruk/console/routes/overview.ts'
import { readSilentSources, readSources } from '@forbruk/infra/ledger/sources.ts'
import { readSplitUsage } from '@forbruk/infra/ledger/split-usage.ts'
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
  const { store, stream } = parts
  const { period, timeZone, days } = terms
  const before = period.month === FIRST_MONTH ? null : periodBefore(period)
  const [usage, usageBefore, { clients, totals }, counting, cases, rejected, waiting] = await Promise.all([
    readDays(parts, period, timeZone),
    before === null ? [] : readDays(parts, before, timeZone),
    readClients({ store, stream, terms, nowMs, seen: null }, NEAR),
    readCounting(parts),
    listCases(store, nowMs, { state: 'open' }),
    countRejected(store, stream, null),
    parts.readWaiting(nowMs),
  ])
  const daysBefore = before === null ? [] : listDays(before)
  return {
    facts,
    usage: toMonthUse(period.month, usage),
    before: before && toMonthUse(before.month, usageBefore),
    compared: compareMonths(days, dateAt(nowMs, timeZone), usage, { days: daysBefore, usage: usageBefore }),
    totals: { over: totals.over, heading: totals.heading, near: totals.near },
    clients,
    ...counting,
    waiting,
    open: {
      cases: cases.length,
      rejectedEvents: rejected.reduce((sum, { state, events }) => sum + (state === 'open' ? events : 0), 0),
    },
  }
}

async function readCounting({ store, stream, openLog, findStandstills }: ReadParts) {
  const partitions = await readPartitions(store, stream, await openLog())
  const sources = await readSources(store, stream)
  return {
    freshness: tellFreshness(partitions, findStandstills().length),
    completeness: tellCompleteness(sources, await readSilentSources(store, stream)),
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

const DAYS_MAX = 31

function readDays({ store, stream }: ReadParts, period: BillingPeriod, timeZone: string) {
  return readSplitUsage(store, stream, {
    ...{ interval: 'day', splits: [], clientIds: [], integrationIds: [], statusClasses: [] },
    ...{ order: 'name', after: null, rowsMax: DAYS_MAX },
    range: periodRange(period, timeZone),
    timeZone,
    seen: null,
  })
}
