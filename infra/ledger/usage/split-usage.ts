import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type {
  SplitUse,
  UsageInterval,
  UsageOrder,
  UsageQuestion,
  UsageSplit,
} from '@forbruk/schemas/usage/usage-question.ts'
import type { QueryParams, Store } from '../../store/store.ts'
import { count64, safeCount, text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'
import { type CountedIn, countedByDay, countedIn, SETTLED_ZONE } from '../settle/settled-month.ts'
import type { SqlPart } from './client-figures.ts'
import { IS_COUNTED, sumCounted } from './sum-counted.ts'

/** Of a range whose days and months are those of a time zone. */
type RangeQuestion = UsageQuestion & {
  readonly range: PeriodRange
  readonly timeZone: string
  /** What may be seen at all, by `hour` and `client_id`; null: everything. */
  readonly seen: { readonly sql: string; readonly params: QueryParams } | null
}

/** What was counted in a range, told apart as asked, a page at a time. The rows of a page are of one moment. */
export function readSplitUsage(store: Store, stream: string, question: RangeQuestion): Promise<SplitUse[]> {
  const { sql, params } = spell(stream, question)
  return store.query(sql, rowShape, params)
}

/**
 * The same as a Parquet file, with what was told apart alone, of one moment and whole: it is held until done. Null
 * where it would have more rows than that: they are counted before.
 */
export async function exportSplitUsage(
  store: Store,
  stream: string,
  question: RangeQuestion,
): Promise<Buffer | null> {
  const { interval, splits, rowsMax } = question
  const counted = spell(stream, { ...question, rowsMax: rowsMax + 1 })
  const [first] = await store.query(
    `SELECT count() AS rows FROM (${counted.sql})`,
    countShape,
    counted.params,
  )
  if (first === undefined || first.rows > rowsMax) return null
  // What has come meanwhile is in it as well.
  const { sql, params } = spell(stream, { ...question, rowsMax: 2 * rowsMax })
  const columns = [
    ...(interval === null ? [] : ['at_name AS at']),
    ...splits.map(split => NAMED[split]),
    'requests_sum AS requests, request_bytes_sum AS request_bytes, response_bytes_sum AS response_bytes',
  ]
  const selected = `SELECT ${[...new Set(columns)].join(', ')} FROM (${sql}) ${STRINGS_AS_TEXT}`
  return store.queryBytes(selected, 'Parquet', params)
}

const countShape = shapeOf({ rows: safeCount })

/** Else a name is bytes to a reader. */
const STRINGS_AS_TEXT = 'SETTINGS output_format_parquet_string_as_string = 1'

const NAMED = {
  client: 'client_name AS client_id',
  integration: 'integration_name AS integration_id',
  statusClass: 'status_name AS status_class',
} as const satisfies Record<UsageSplit, string>

function spell(stream: string, question: RangeQuestion): SqlPart {
  const { timeZone, interval, splits, order, after, rowsMax, seen } = question
  const { clientIds, integrationIds, statusClasses } = question
  const { view, inRange, params: ofRange } = chooseView(question)
  const sql = `
SELECT
    ${interval === null ? "''" : AT[view][interval]} AS at_name,
    ${splits.includes('client') ? 'client_id' : "''"} AS client_name,
    ${splits.includes('integration') ? 'integration_id' : "''"} AS integration_name,
    ${splits.includes('statusClass') ? 'toString(status_class)' : "''"} AS status_name,
    ${sumCounted('requests')} AS requests_sum,
    ${sumCounted('request_bytes')} AS request_bytes_sum,
    ${sumCounted('response_bytes')} AS response_bytes_sum
FROM ${view}
WHERE stream = {stream:String} AND ${inRange} ${seen === null ? '' : `AND ${seen.sql}`}
    ${clientIds.length === 0 ? '' : 'AND client_id IN {clients:Array(String)}'}
    ${integrationIds.length === 0 ? '' : 'AND integration_id IN {integrations:Array(String)}'}
    ${statusClasses.length === 0 ? '' : 'AND toString(status_class) IN {classes:Array(String)}'}
GROUP BY ${NAMES}
${IS_COUNTED} ${after === null ? '' : `AND ${AFTER[order]}`}
ORDER BY ${FIRST[order]} ${NAMES}
LIMIT {limit:UInt32}`
  const params = {
    ...{ ...ofRange, stream, zone: timeZone, limit: rowsMax },
    ...{ clients: clientIds, integrations: integrationIds, classes: statusClasses },
    ...(after === null ? {} : paramsOf(after)),
    ...seen?.params,
  }
  return { sql, params }
}

/** The one that says it soonest: by month or day as far as that is settled, else by the hour. */
function chooseView(question: RangeQuestion): CountedIn {
  const { range, timeZone, interval, splits, seen } = question
  const { clientIds, integrationIds, statusClasses } = question
  const byHour = { view: 'usage_counted', inRange: IN_RANGE, params: rangeParams(range) } as const
  if (timeZone !== SETTLED_ZONE || seen !== null || interval === 'hour' || interval === 'hourOfWeek')
    return byHour
  const isOfAll = [splits, clientIds, integrationIds, statusClasses].every(each => each.length === 0)
  if (isOfAll) return countedByDay(range)
  return interval === 'day' ? byHour : countedIn(range)
}

const BY_HOUR = {
  hour: `formatDateTime(hour, '%Y-%m-%dT%H:00:00Z', 'UTC')`,
  day: 'toString(toDate(hour, {zone:String}))',
  month: `formatDateTime(hour, '%Y-%m', {zone:String})`,
  hourOfWeek: `concat(toString(toDayOfWeek(hour, 0, {zone:String})), 'T', formatDateTime(hour, '%H', {zone:String}))`,
} as const satisfies Record<UsageInterval, string>

const AT = {
  usage_counted: BY_HOUR,
  usage_by_day: { ...BY_HOUR, day: 'toString(day)', month: `formatDateTime(day, '%Y-%m')` },
  usage_by_month: { ...BY_HOUR, month: `formatDateTime(first_day, '%Y-%m')` },
} as const satisfies Record<CountedIn['view'], Record<UsageInterval, string>>

const NAMES = 'at_name, client_name, integration_name, status_name'
const BYTES = 'request_bytes_sum + response_bytes_sum'
const NAMED_AFTER = `(${NAMES}) > ({at:String}, {client:String}, {integration:String}, {class:String})`

const FIRST = {
  name: '',
  requests: 'requests_sum DESC,',
  bytes: `${BYTES} DESC,`,
} as const satisfies Record<UsageOrder, string>

const AFTER = {
  name: NAMED_AFTER,
  requests: `(requests_sum < {requests:UInt64} OR (requests_sum = {requests:UInt64} AND ${NAMED_AFTER}))`,
  bytes: `(${BYTES} < {bytes:UInt64} OR (${BYTES} = {bytes:UInt64} AND ${NAMED_AFTER}))`,
} as const satisfies Record<UsageOrder, string>

function paramsOf({ at, clientId, integrationId, statusClass, ...sums }: SplitUse) {
  const { requests, requestBytes, responseBytes } = sums
  return {
    ...{ at, client: clientId, integration: integrationId, class: statusClass },
    ...{ requests: String(requests), bytes: String(requestBytes + responseBytes) },
  }
}

const rowShape = shapeOf({
  ...{ atName: text, clientName: text, integrationName: text, statusName: text },
  ...{ requestsSum: count64, requestBytesSum: count64, responseBytesSum: count64 },
}).transform(
  (row): SplitUse => ({
    ...{ at: row.atName, clientId: row.clientName, integrationId: row.integrationName },
    ...{ statusClass: row.statusName, requests: row.requestsSum },
    ...{ requestBytes: row.requestBytesSum, responseBytes: row.responseBytesSum },
  }),
)
