import { hasLaterUsage } from '@forbruk/infra/ledger/later-usage.ts'
import { readFirstAppendTime } from '@forbruk/infra/ledger/progress.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { countText, enumOf, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { monthCloses } from '@forbruk/infra/store/tables/month-close.ts'
import { select, shapeOf } from '@forbruk/infra/store/tables/table.ts'
import {
  type BillingPeriod,
  parseBillingPeriod,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { EXCEPTION_KINDS } from '@forbruk/schemas/statement/month-close.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { listCases } from '../dialogue/list-cases.ts'
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

const LATEST = `
SELECT month, revision FROM month_closes WHERE is_latest ORDER BY month DESC LIMIT ${MONTHS_MAX}`

const closed = select(monthCloses, 'month', 'revision', 'stream', 'cut', 'countedRequests', 'countedBytes')

const exceptionShape = shapeOf({
  month: text,
  exception: enumOf(EXCEPTION_KINDS),
  exceptions: safeCount,
  requests: countText,
  bytes: countText,
  clientId: text,
})

/** Added up there: a month may have as many as clients. */
const EXCEPTIONS_SQL = `
SELECT
    month,
    kind AS exception,
    count() AS exceptions,
    toString(sum(requests_of)) AS requests,
    toString(sum(bytes_of)) AS bytes,
    argMax(client_of, (bytes_of, requests_of)) AS client_id
FROM
(
    SELECT
        month,
        JSONExtractString(each, 'kind') AS kind,
        JSONExtractString(each, 'clientId') AS client_of,
        toUInt128(JSONExtractString(each, 'requests')) AS requests_of,
        toUInt128(JSONExtractString(each, 'bytes')) AS bytes_of
    FROM month_closes
    ARRAY JOIN JSONExtractArrayRaw(exceptions) AS each
    WHERE (month, revision) IN (${LATEST})
)
GROUP BY month, kind
ORDER BY month, kind`

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
    `SELECT ${closed.list} FROM month_closes WHERE (month, revision) IN (${LATEST})`,
    closed.shape,
  )
  const exceptions = Map.groupBy(await store.query(EXCEPTIONS_SQL, exceptionShape), ({ month }) => month)
  return Promise.all(
    rows.map(async ({ month, revision, stream, cut, countedRequests, countedBytes }) => ({
      ...{ month, revision },
      exceptions: (exceptions.get(month) ?? []).map(({ month: _, ...ofKind }) => ofKind),
      hasLaterUsage: await hasLaterUsage(store, {
        ...{ stream, cut },
        range: periodRange(parseBillingPeriod(month), timeZone),
        requests: BigInt(countedRequests),
        bytes: BigInt(countedBytes),
      }),
    })),
  )
}
