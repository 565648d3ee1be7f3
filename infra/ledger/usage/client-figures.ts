import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { QueryParams, Store } from '../../store/store.ts'
import { text } from '../../store/tables/codec.ts'
import { shapeOf } from '../../store/tables/table.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'
import { countedIn } from '../settle/settled-month.ts'
import { IS_COUNTED, sumCounted } from './sum-counted.ts'

type BytesCounted = 'request_and_response' | 'request' | 'response'

/** A part of a statement, with the parameters that it takes. */
export type SqlPart = { readonly sql: string; readonly params: QueryParams }

type FiguresQuestion = {
  readonly stream: string
  readonly range: PeriodRange
  /** Of a client's use through an integration with a status class, whether it counts against an allowance. */
  readonly metered: SqlPart
  readonly bytesCounted: BytesCounted
  /** What a client id is IN; null: everybody's. */
  readonly clients: SqlPart | null
}

/**
 * A SELECT of what each client did in the range, and what of it counts: `client_id, requests, request_bytes,
 * response_bytes, metered_requests, metered_bytes, recent_requests, recent_bytes`, the last two of what counts from an
 * hour on; null: of nothing. The sums of a client are those of its uses, each as `readUses` has it.
 */
export function spellClientFigures(
  question: FiguresQuestion & { readonly recentStartMs: number | null },
): SqlPart {
  const { range, metered, bytesCounted, recentStartMs } = question
  const { view, inRange, params } = countedIn(range)
  const sql = `
SELECT
    client_id,
    ${spellSumsOfUses(bytesCounted)}
FROM
(
    SELECT
        client_id, integration_id, status_class, ${metered.sql} AS metered,
        ${spellSumsOfUse({ requests: 'recent_requests', bytes: 'recent_bytes' })}
    FROM
    (
        SELECT
            client_id, integration_id, status_class, requests, request_bytes, response_bytes,
            0 AS recent_requests, 0 AS recent_bytes
        FROM ${view} WHERE stream = {stream:String} AND ${inRange} ${ofClients(question)}
        ${recentStartMs === null ? '' : `UNION ALL ${spellRecent(question)}`}
    )
    GROUP BY client_id, integration_id, status_class
    ${IS_COUNTED}
)
GROUP BY client_id`
  return { sql, params: { ...params, ...paramsOf(question), recent: (recentStartMs ?? 0) / 1_000 } }
}

/** By the hour, whatever is settled. */
function spellRecent(question: FiguresQuestion): string {
  return `
SELECT client_id, integration_id, status_class, 0, 0, 0, requests, ${BYTES[question.bytesCounted]}
FROM usage_counted
WHERE stream = {stream:String} AND ${IN_RANGE} AND hour >= toDateTime({recent:UInt32}, 'UTC') ${ofClients(question)}`
}

/**
 * The same of few clients, at one moment with what each did by day of a time zone: `days`, in any order, and for each
 * of them an entry of `requests_by_day`, `bytes_by_day`, `metered_requests_by_day` and `metered_bytes_by_day`.
 */
export function spellClientFiguresByDay(
  question: DaysQuestion & { readonly recentStartMs: number | null },
): SqlPart {
  // The whole range is added up beside its days: of each by itself is said that it is never below 0.
  const sql = `
SELECT
    client_id,
    sumIf(day_requests, is_whole) AS requests,
    sumIf(day_request_bytes, is_whole) AS request_bytes,
    sumIf(day_response_bytes, is_whole) AS response_bytes,
    sumIf(day_metered_requests, is_whole) AS metered_requests,
    sumIf(day_metered_bytes, is_whole) AS metered_bytes,
    sumIf(day_recent_requests, is_whole) AS recent_requests,
    sumIf(day_recent_bytes, is_whole) AS recent_bytes,
    groupArrayIf(day, NOT is_whole) AS days,
    groupArrayIf(day_requests, NOT is_whole) AS requests_by_day,
    groupArrayIf(day_request_bytes + day_response_bytes, NOT is_whole) AS bytes_by_day,
    groupArrayIf(day_metered_requests, NOT is_whole) AS metered_requests_by_day,
    groupArrayIf(day_metered_bytes, NOT is_whole) AS metered_bytes_by_day
FROM (${spellDays(question, `(${USE}, day), (${USE})`)})
GROUP BY client_id`
  return { sql, params: { ...daysParams(question), recent: (question.recentStartMs ?? 0) / 1_000 } }
}

/** What clients did by day of a time zone: `client_id, day, requests, bytes, metered_requests, metered_bytes`. */
export function spellClientDays(question: DaysQuestion): SqlPart {
  const sql = `
SELECT
    client_id,
    day,
    day_requests AS requests,
    day_request_bytes + day_response_bytes AS bytes,
    day_metered_requests AS metered_requests,
    day_metered_bytes AS metered_bytes
FROM (${spellDays({ ...question, recentStartMs: null }, `(${USE}, day)`)})
ORDER BY client_id, day`
  return { sql, params: daysParams(question) }
}

type DaysQuestion = FiguresQuestion & { readonly timeZone: string }

function daysParams(question: DaysQuestion): QueryParams {
  return { ...paramsOf(question), zone: question.timeZone }
}

const USE = 'client_id, integration_id, status_class'

/**
 * By the hour, as every day is.
 * @param groups of uses: by day, and of the whole range where that is to be there as well
 */
function spellDays(
  question: FiguresQuestion & { readonly recentStartMs: number | null },
  groups: string,
): string {
  const { metered, bytesCounted, recentStartMs } = question
  const recent = (figure: string) =>
    recentStartMs === null ? '0' : `if(hour >= toDateTime({recent:UInt32}, 'UTC'), ${figure}, 0)`
  return `
SELECT
    client_id,
    day,
    is_whole,
    ${spellSumsOfUses(bytesCounted, 'day_')}
FROM
(
    SELECT
        ${USE}, toString(toDate(hour, {zone:String})) AS day, grouping(day) = 1 AS is_whole,
        ${metered.sql} AS metered,
        ${spellSumsOfUse({ requests: recent('requests'), bytes: recent(BYTES[bytesCounted]) })}
    FROM usage_counted
    WHERE stream = {stream:String} AND ${IN_RANGE} ${ofClients(question)}
    GROUP BY GROUPING SETS (${groups})
    ${IS_COUNTED}
)
GROUP BY client_id, day, is_whole`
}

/** Of one use, what its rows add up to; `recent` are the figures of a row that count as recent. */
function spellSumsOfUse(recent: { readonly requests: string; readonly bytes: string }): string {
  return `${sumCounted('requests')} AS requests_sum,
        ${sumCounted('request_bytes')} AS request_bytes_sum,
        ${sumCounted('response_bytes')} AS response_bytes_sum,
        ${sumCounted(recent.requests)} AS recent_requests_sum,
        ${sumCounted(recent.bytes)} AS recent_bytes_sum`
}

/** Of uses, what the sums of each add up to, and what of it is metered. */
function spellSumsOfUses(bytesCounted: BytesCounted, prefix = ''): string {
  return `sum(requests_sum) AS ${prefix}requests,
    sum(request_bytes_sum) AS ${prefix}request_bytes,
    sum(response_bytes_sum) AS ${prefix}response_bytes,
    sumIf(requests_sum, metered) AS ${prefix}metered_requests,
    sumIf(${BYTES_SUM[bytesCounted]}, metered) AS ${prefix}metered_bytes,
    sumIf(recent_requests_sum, metered) AS ${prefix}recent_requests,
    sumIf(if(recent_requests_sum > 0, recent_bytes_sum, 0), metered) AS ${prefix}recent_bytes`
}

function ofClients({ clients }: FiguresQuestion): string {
  return clients === null ? '' : `AND client_id IN (${clients.sql})`
}

function paramsOf({ stream, range, metered, clients }: FiguresQuestion): QueryParams {
  return { ...metered.params, ...clients?.params, stream, ...rangeParams(range) }
}

const BYTES = {
  request_and_response: 'request_bytes + response_bytes',
  request: 'request_bytes',
  response: 'response_bytes',
} as const satisfies Record<BytesCounted, string>

const BYTES_SUM = {
  request_and_response: 'request_bytes_sum + response_bytes_sum',
  request: 'request_bytes_sum',
  response: 'response_bytes_sum',
} as const satisfies Record<BytesCounted, string>

type UsersQuestion = {
  readonly stream: string
  readonly range: PeriodRange
  readonly requestsMin: bigint
  readonly bytesMin: bigint
  readonly clientsMax: number
}

/** The clients that made so many requests in the range, or moved so many bytes. Null: there are more of them. */
export async function findUsersOf(store: Store, question: UsersQuestion): Promise<readonly string[] | null> {
  const { stream, range, requestsMin, bytesMin, clientsMax } = question
  const { view, inRange, params } = countedIn(range)
  const rows = await store.query(
    `SELECT client_id FROM ${view} WHERE stream = {stream:String} AND ${inRange}
     GROUP BY client_id
     HAVING ${sumCounted('requests')} >= {requests_min:UInt64}
         OR ${sumCounted('request_bytes + response_bytes')} >= {bytes_min:UInt64}
     LIMIT {clients_max:UInt32}`,
    shapeOf({ clientId: text }),
    {
      ...{ ...params, stream, clients_max: clientsMax + 1 },
      ...{ requests_min: String(requestsMin), bytes_min: String(bytesMin) },
    },
  )
  return rows.length > clientsMax ? null : rows.map(row => row.clientId)
}
