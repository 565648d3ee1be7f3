import { findUsersOf, type SqlPart, spellClientFigures } from '@forbruk/infra/ledger/client-figures.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, count64, enumOrNull, safeCount, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'
import {
  type ClientMonth,
  type ClientQuestion,
  type ClientSort,
  type ClientTotals,
  NEAR_PERCENT,
  STANDINGS,
} from '@forbruk/schemas/usage/client-question.ts'
import { forecastTerms } from '@forbruk/schemas/usage/forecast.ts'
import type { MonthTerms } from './month-terms.ts'
import { readClientDays } from './read-client-days.ts'
import { clientsNamed, NOTHING_METERED, spellMetered } from './spell-metered.ts'
import { tellCrossings } from './tell-crossings.ts'

type ClientPage = { readonly clients: readonly ClientMonth[]; readonly totals: ClientTotals }

export type AskedMonth = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  readonly terms: MonthTerms
  readonly nowMs: number
  /** A query of the client ids that may be seen; null: all. */
  readonly seen: SqlPart | null
}

/**
 * The clients of a month's registry, and whoever else was counted in it, a page at a time, with what they did and how
 * that stands to what is included. All is added up, searched and ordered where it lies.
 */
export async function readClients(asked: AskedMonth, question: ClientQuestion): Promise<ClientPage> {
  const { store, terms, nowMs } = asked
  const query = spellPage(asked, question, await findPossible(asked, question))
  const rows = await store.query(query.sql, rowShape, query.params)
  const [first] = rows
  if (first === undefined && question.after !== null) {
    const { totals } = await readClients(asked, { ...question, after: null, rowsMax: 1 })
    return { clients: [], totals }
  }
  const shown = rows.map(row => row.clientId)
  const days = await readClientDays(asked, meteredOf(terms, clientsNamed(shown)), shown)
  const isMetered = terms.allowance !== null && terms.registry !== null
  const isForecast = isMetered && forecastTerms(terms.range.startMs, terms.range.endMs, nowMs) !== null
  const clients = rows.map(row => {
    const byDay = days.get(row.clientId) ?? []
    return {
      ...toNames(row),
      requests: row.requests,
      requestBytes: row.requestBytes,
      responseBytes: row.responseBytes,
      metered: isMetered ? { requests: row.meteredRequests, bytes: row.meteredBytes } : null,
      forecast: isForecast ? { requests: row.forecastRequests, bytes: row.forecastBytes } : null,
      crossings: tellCrossings(terms, nowMs, row, byDay),
      standing: row.standing,
      requestsByDay: byDay.map(each => each.requests),
      bytesByDay: byDay.map(each => each.bytes),
      meteredRequestsByDay: byDay.map(each => each.meteredRequests),
      meteredBytesByDay: byDay.map(each => each.meteredBytes),
      place: { key: row.key, clientId: row.clientId },
    }
  })
  return { clients, totals: toTotals(first) }
}

/** Of more than so many it is cheaper to look at all. */
const POSSIBLE_MAX = 2_000

/**
 * Who can be answered at all; null: anybody. What counts is at most what was used, and the pace at most all of it, so
 * that few can be near an allowance, and of the others nothing more need be read.
 */
async function findPossible(
  { store, stream, terms, nowMs }: AskedMonth,
  { clientId, standings }: ClientQuestion,
): Promise<readonly string[] | null> {
  if (clientId !== null) return [clientId]
  const { allowance, registry, range } = terms
  if (allowance === null || registry === null) return null
  if (standings.length === 0 || standings.includes('within')) return null
  const pace = forecastTerms(range.startMs, range.endMs, nowMs)
  const [elapsed, rest] = [BigInt(pace?.elapsedMs ?? 1), BigInt(pace?.restMs ?? 0)]
  const leastFor = (included: bigint) => {
    const [near, heading] = [
      (included * BigInt(NEAR_PERCENT)) / 100n,
      (included * elapsed) / (elapsed + rest),
    ]
    return near < heading ? near : heading
  }
  const [requestsMin, bytesMin] = [leastFor(allowance.requests), leastFor(allowance.bytes)]
  return findUsersOf(store, { stream, range, requestsMin, bytesMin, clientsMax: POSSIBLE_MAX })
}

function meteredOf({ registry, tariff, period }: MonthTerms, clients: SqlPart | null): SqlPart {
  return registry === null || tariff === null
    ? NOTHING_METERED
    : spellMetered(registry.importId, tariff, period, clients)
}

const COUNTS = {
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
  meteredRequests: count64,
  meteredBytes: count64,
  recentRequests: count64,
  recentBytes: count64,
}
const ROW = {
  ...COUNTS,
  clientId: text,
  isKnown: bool,
  name: text,
  partnerId: textOrNull,
  payerId: text,
  payerName: text,
  forecastRequests: count64,
  forecastBytes: count64,
  standing: enumOrNull(STANDINGS),
  key: text,
  clientsTotal: safeCount,
  overTotal: safeCount,
  headingTotal: safeCount,
  nearTotal: safeCount,
  withinTotal: safeCount,
}
const rowShape = shapeOf(ROW)
type Row = Values<typeof ROW>

function toNames({ clientId, isKnown, name, partnerId, payerId, payerName }: Row) {
  if (!isKnown) return { clientId, name: null, partnerId: null, payerId: null, payerName: null }
  return { clientId, name, partnerId, payerId, payerName: payerName === '' ? null : payerName }
}

function toTotals(row: Row | undefined): ClientTotals {
  return {
    clients: row?.clientsTotal ?? 0,
    over: row?.overTotal ?? 0,
    heading: row?.headingTotal ?? 0,
    near: row?.nearTotal ?? 0,
    within: row?.withinTotal ?? 0,
  }
}

const LARGEST_SHARE = `greatest(
    toUInt128(metered_requests) * greatest(toUInt128({allowance_bytes:UInt64}), 1),
    toUInt128(metered_bytes) * greatest(toUInt128({allowance_requests:UInt64}), 1))`

/** Figures as wide as the product of two counts is; what is text is compared as such. */
const KEY = {
  client: `''`,
  name: 'lowerUTF8(name)',
  payer: 'lowerUTF8(payer_name)',
  requests: 'toUInt128(requests)',
  bytes: 'toUInt128(request_bytes) + toUInt128(response_bytes)',
  meteredRequests: 'toUInt128(metered_requests)',
  meteredBytes: 'toUInt128(metered_bytes)',
  share: LARGEST_SHARE,
} as const satisfies Record<ClientSort, string>

const IS_TEXT: ReadonlySet<ClientSort> = new Set(['client', 'name', 'payer'])

/** The registry's clients with nothing, and what was counted with no name: by client they come to one row. */
function spellRegistered(clients: SqlPart | null, seen: SqlPart | null): string {
  // Whose client it is by contract is the client's to know, by id; more of them isn't.
  const payerName = seen === null ? 'payers.name' : `if(own.payer_id IN (${seen.sql}), payers.name, '')`
  return `
SELECT
    own.client_id AS client_id,
    1 AS is_known,
    own.name AS name,
    own.partner_id AS partner_id,
    own.payer_id AS payer_id,
    ${payerName} AS payer_name,
    toUInt64(0) AS requests, toUInt64(0) AS request_bytes, toUInt64(0) AS response_bytes,
    toUInt64(0) AS metered_requests, toUInt64(0) AS metered_bytes,
    toUInt64(0) AS recent_requests, toUInt64(0) AS recent_bytes
FROM
(
    SELECT client_id, name, partner_id, if(collective_invoice AND partner_id != '', partner_id, client_id) AS payer_id
    FROM registry_client FINAL
    WHERE import_id = {registry:String} ${clients === null ? '' : `AND client_id IN (${clients.sql})`}
) AS own
LEFT JOIN (SELECT client_id, name FROM registry_client FINAL WHERE import_id = {registry:String}) AS payers
    ON own.payer_id = payers.client_id`
}

function spellPage(
  { stream, terms, nowMs, seen }: AskedMonth,
  { search, standings, sort, isDescending, after, rowsMax }: ClientQuestion,
  clientIds: readonly string[] | null,
): SqlPart {
  const { range, registry, tariff, allowance } = terms
  const pace = forecastTerms(range.startMs, range.endMs, nowMs)
  const clients = spellAsked(clientIds && clientsNamed(clientIds), seen)
  const figures = spellClientFigures({
    ...{ stream, range, metered: meteredOf(terms, clients), clients },
    bytesCounted: tariff?.definitions.bytesCounted ?? 'request_and_response',
    recentStartMs: pace?.paceStartMs ?? null,
  })
  const direction = isDescending ? 'DESC' : 'ASC'
  const [beyond, type] = [isDescending ? '<' : '>', IS_TEXT.has(sort) ? 'String' : 'UInt128']
  const isBeyond = `sort_key ${beyond} {key:${type}} OR (sort_key = {key:${type}} AND client_id > {after:String})`
  const sql = `
SELECT * EXCEPT sort_key, toString(sort_key) AS key
FROM
(
    SELECT
        *,
        ${KEY[sort]} AS sort_key,
        count() OVER () AS clients_total,
        countIf(standing = 'over') OVER () AS over_total,
        countIf(standing = 'heading') OVER () AS heading_total,
        countIf(standing = 'near') OVER () AS near_total,
        countIf(standing = 'within') OVER () AS within_total
    FROM (${spellStandings(spellRegistered(clients, seen), figures.sql)})
    WHERE (empty({standings:Array(String)}) OR has({standings:Array(String)}, standing))
        AND ({search:String} = '' OR positionCaseInsensitiveUTF8(client_id, {search:String}) > 0
            OR positionCaseInsensitiveUTF8(name, {search:String}) > 0)
        ${clients === null ? '' : `AND client_id IN (${clients.sql})`}
)
${after === null ? '' : `WHERE ${isBeyond}`}
ORDER BY sort_key ${direction}, client_id
LIMIT {limit:UInt32}`
  const isJudged = allowance !== null && registry !== null
  return {
    sql,
    params: {
      ...figures.params,
      ...seen?.params,
      registry: registry?.importId ?? '',
      is_judged: isJudged,
      allowance_requests: String(allowance?.requests ?? 0n),
      allowance_bytes: String(allowance?.bytes ?? 0n),
      rest: pace?.restMs ?? 0,
      elapsed: pace?.elapsedMs ?? 1,
      ...{ search, standings, limit: rowsMax },
      ...(after === null ? {} : { key: after.key, after: after.clientId }),
    },
  }
}

/** A query of client ids: those that are asked for, of those that may be seen. Null: everybody. */
function spellAsked(named: SqlPart | null, seen: SqlPart | null): SqlPart | null {
  if (named === null || seen === null) return named ?? seen
  return {
    sql: `SELECT client_id FROM (${named.sql} AS client_id) WHERE client_id IN (${seen.sql})`,
    params: { ...named.params, ...seen.params },
  }
}

/** The forecast is `forecastUsage`'s, in integers that are wide enough, and so rounded down as it is. */
function spellStandings(registeredSql: string, figuresSql: string): string {
  const forecastOf = (figure: string) =>
    `metered_${figure} + intDiv(toUInt128(recent_${figure}) * {rest:UInt64}, toUInt128({elapsed:UInt64}))`
  const either = (judge: (figure: string) => string) => `${judge('requests')} OR ${judge('bytes')}`
  return `
SELECT
    *,
    toUInt64(${forecastOf('requests')}) AS forecast_requests,
    toUInt64(${forecastOf('bytes')}) AS forecast_bytes,
    multiIf(
        NOT {is_judged:Bool}, '',
        ${either(figure => `metered_${figure} > {allowance_${figure}:UInt64}`)}, 'over',
        ${either(figure => `forecast_${figure} > {allowance_${figure}:UInt64}`)}, 'heading',
        ${either(isNear)}, 'near',
        'within') AS standing
FROM
(
    SELECT
        client_id,
        max(is_known) AS is_known, max(name) AS name, max(partner_id) AS partner_id,
        max(payer_id) AS payer_id, max(payer_name) AS payer_name,
        ${FIGURES.map(name => `sum(${name}_of) AS ${name}`).join(', ')}
    FROM
    (
        SELECT
            client_id, is_known, name, partner_id, payer_id, payer_name,
            ${FIGURES.map(name => `${name} AS ${name}_of`).join(', ')}
        FROM (${registeredSql})
        UNION ALL
        SELECT client_id, 0, '', '', '', '', ${FIGURES.join(', ')} FROM (${figuresSql})
    )
    GROUP BY client_id
)`
}

const FIGURES = [
  'requests',
  'request_bytes',
  'response_bytes',
  'metered_requests',
  'metered_bytes',
  'recent_requests',
  'recent_bytes',
]

/** Nothing used is near nothing, where nothing is included. */
function isNear(figure: string): string {
  return `metered_${figure} > 0
    AND toUInt128(metered_${figure}) * 100 >= toUInt128({allowance_${figure}:UInt64}) * ${NEAR_PERCENT}`
}
