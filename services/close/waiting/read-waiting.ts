import { hasLaterUsage } from '@forbruk/infra/ledger/later-usage.ts'
import { readFirstAppendTime } from '@forbruk/infra/ledger/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import {
  type BillingPeriod,
  parseBillingPeriod,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { listCases } from '../dialogue/list-cases.ts'
import { readExceptionSums } from '../revision/read-exception-sums.ts'
import { readClosedMonths } from '../statements/find-revision.ts'
import { listWaiting } from './list-waiting.ts'

type WaitingOptions = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  /** Of the tariff. */
  readonly timeZone: string
  /** The first month that the schedule closes, where somebody said so. */
  readonly from: BillingPeriod | null
}

/** What came to older months is settled, or known to whoever left it. */
const MONTHS_MAX = 12

const closed = select(monthCloses, 'month', 'revision', 'stream', 'cut', 'countedRequests', 'countedBytes')

/**
 * What waits for a person now, of the last twelve closed months and of those that are not closed. It reads what closes
 * and blocks have recorded; usage itself only where the ledger alone can't tell.
 */
export async function readWaiting(options: WaitingOptions, nowMs: number): Promise<Waiting[]> {
  const { store, stream, timeZone, from } = options
  const facts = {
    ...{ timeZone, from },
    firstAppendTimeMs: await readFirstAppendTime(store, stream),
    closedMonths: new Set((await readClosedMonths(store)).map(({ month }) => month)),
    closes: await readCloses(store, timeZone),
    cases: await listCases(store, nowMs),
  }
  return listWaiting(facts, nowMs)
}

async function readCloses(store: Store, timeZone: string) {
  const rows = await store.query(
    `SELECT ${closed.list} FROM month_closes WHERE is_latest ORDER BY month DESC LIMIT ${MONTHS_MAX}`,
    closed.shape,
  )
  const exceptions = Map.groupBy(await readExceptionSums(store, rows), ({ month }) => month)
  return Promise.all(
    rows.map(async ({ month, revision, stream, cut, countedRequests, countedBytes }) => ({
      ...{ month, revision },
      exceptions: exceptions.get(month) ?? [],
      hasLaterUsage: await hasLaterUsage(store, {
        ...{ stream, cut },
        range: periodRange(parseBillingPeriod(month), timeZone),
        requests: BigInt(countedRequests),
        bytes: BigInt(countedBytes),
      }),
    })),
  )
}
