import { readFirstAppendTime } from '@forbruk/infra/ledger/blocks/progress.ts'
import { type KnownSources, readKnownSources } from '@forbruk/infra/ledger/sources/sources.ts'
import { haveLaterUsage } from '@forbruk/infra/ledger/usage/later-usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { CaseSummary } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { listCases } from '../dialogue/list-cases.ts'
import type { RegistryComparison } from '../registry/compare-registries.ts'
import { readVersions } from '../registry/registry-versions.ts'
import type { ExceptionSumsReader } from '../revision/read-exception-sums.ts'
import type { CloseSchedule } from '../schedule/plan-closes.ts'
import { readAnnouncements } from '../statements/read-announcements.ts'
import { findChangedInputs } from './find-changed-inputs.ts'
import { listWaiting, type Uncounted } from './list-waiting.ts'

type WaitingOptions = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  /** The topic that statements are announced on. */
  readonly statementsTopic: string
  readonly schedule: CloseSchedule
  /** As it is now. */
  readonly tariff: Tariff
  readonly isSameRegistry: RegistryComparison
  readonly readExceptionSums: ExceptionSumsReader
  readonly uncounted: Uncounted | null
}

/** What waits, and what it was found from, for whoever would ask the same again. */
export type WaitingLook = {
  readonly waiting: readonly Waiting[]
  readonly sources: KnownSources
  readonly cases: readonly CaseSummary[]
}

/** What came to older months is settled, or known to whoever left it. */
const MONTHS_MAX = 12

const closed = select(
  monthCloses,
  'month',
  'revision',
  'closeId',
  'registryImportId',
  'tariffHash',
  'stream',
  'cut',
  'countedRequests',
  'countedBytes',
)

/**
 * What waits for a person now, of the last twelve closed months and of those that are not closed. It reads what closes
 * and blocks have recorded; usage itself only where the ledger alone can't tell.
 */
export async function readWaiting(options: WaitingOptions, nowMs: number): Promise<WaitingLook> {
  const { store, stream, statementsTopic, schedule, uncounted } = options
  const newest = await readNewest(store)
  const [firstAppendTimeMs, closes, sources, announcements, cases] = await Promise.all([
    readFirstAppendTime(store, stream),
    lookAtCloses(options, newest.slice(0, MONTHS_MAX)),
    readKnownSources(store, stream),
    readAnnouncements(store, statementsTopic),
    listCases(store, nowMs),
  ])
  const closedMonths = new Set(newest.map(({ month }) => month))
  const facts = { schedule, uncounted, closedMonths, firstAppendTimeMs, closes, announcements, cases }
  return { waiting: listWaiting({ ...facts, sources: sources.shipped }, nowMs), sources, cases }
}

/** Of each closed month the newest revision, newest months first. */
function readNewest(store: Store) {
  return store.query(
    `SELECT ${closed.list} FROM month_closes WHERE is_latest ORDER BY month DESC`,
    closed.shape,
  )
}

type Closed = Awaited<ReturnType<typeof readNewest>>[number]

async function lookAtCloses(options: WaitingOptions, rows: readonly Closed[]) {
  const { store, tariff, isSameRegistry, readExceptionSums } = options
  const [sums, versions, later] = await Promise.all([
    readExceptionSums(rows),
    readVersions(store),
    haveLaterUsage(
      store,
      rows.map(({ month, stream, cut, countedRequests, countedBytes }) => ({
        ...{ stream, cut, requests: BigInt(countedRequests), bytes: BigInt(countedBytes) },
        range: periodRange(parseBillingPeriod(month), tariff.timeZone),
      })),
    ),
  ])
  const exceptions = Map.groupBy(sums, ({ month }) => month)
  return Promise.all(
    rows.map(async (row, index) => ({
      month: row.month,
      revision: row.revision,
      exceptions: exceptions.get(row.month) ?? [],
      changedInputs: await findChangedInputs(row, { versions, tariff, isSameRegistry }),
      hasLaterUsage: later[index] ?? false,
    })),
  )
}
