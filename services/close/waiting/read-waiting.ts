import { hasLaterUsage } from '@forbruk/infra/ledger/later-usage.ts'
import { readSources } from '@forbruk/infra/ledger/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { listCases } from '../dialogue/list-cases.ts'
import type { RegistryComparison } from '../registry/compare-registries.ts'
import { readVersions } from '../registry/registry-versions.ts'
import { readExceptionSums } from '../revision/read-exception-sums.ts'
import type { CloseSchedule } from '../schedule/plan-closes.ts'
import { readPlanFacts } from '../schedule/read-plan-facts.ts'
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
  readonly uncounted: Uncounted | null
}

/** What came to older months is settled, or known to whoever left it. */
const MONTHS_MAX = 12

const closed = select(
  monthCloses,
  'month',
  'revision',
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
export async function readWaiting(options: WaitingOptions, nowMs: number): Promise<Waiting[]> {
  const { store, stream, statementsTopic, schedule, uncounted } = options
  const facts = {
    ...(await readPlanFacts(store, stream)),
    schedule,
    uncounted,
    closes: await readCloses(options),
    sources: await readSources(store, stream),
    announcements: await readAnnouncements(store, statementsTopic),
    cases: await listCases(store, nowMs),
  }
  return listWaiting(facts, nowMs)
}

async function readCloses({ store, tariff, isSameRegistry }: WaitingOptions) {
  const rows = await store.query(
    `SELECT ${closed.list} FROM month_closes WHERE is_latest ORDER BY month DESC LIMIT ${MONTHS_MAX}`,
    closed.shape,
  )
  const exceptions = Map.groupBy(await readExceptionSums(store, rows), ({ month }) => month)
  const current = { versions: await readVersions(store), tariff, isSameRegistry }
  return Promise.all(
    rows.map(async row => ({
      month: row.month,
      revision: row.revision,
      exceptions: exceptions.get(row.month) ?? [],
      changedInputs: await findChangedInputs(row, current),
      hasLaterUsage: await hasLaterUsage(store, {
        stream: row.stream,
        cut: row.cut,
        range: periodRange(parseBillingPeriod(row.month), tariff.timeZone),
        requests: BigInt(row.countedRequests),
        bytes: BigInt(row.countedBytes),
      }),
    })),
  )
}
