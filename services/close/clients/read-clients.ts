import { type SqlPart, spellClientFigures } from '@forbruk/infra/ledger/usage/client-figures.ts'
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
import { findPossible, isLike } from './find-possible.ts'
import type { MonthTerms } from './month-terms.ts'
import { readClientDays } from './read-client-days.ts'
import { clientsNamed, NOTHING_METERED, spellMetered } from './spell-metered.ts'
import { tellCrossings } from './tell-crossings.ts'

type ClientPage = { readonly clients: readonly ClientMonth[]; readonly totals: ClientTotals }

/** What a client did in all of a month. */
type ClientSums = Omit<
  ClientMonth,
  'crossings' | 'requestsByDay' | 'bytesByDay' | 'meteredRequestsByDay' | 'meteredBytesByDay'
>

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
  const { terms, nowMs } = asked
  const rows = await readRows(asked, question)
  const [first] = rows
  if (first === undefined && question.after !== null) {
    const { totals } = await readClients(asked, { ...question, after: null, rowsMax: 1 })
    return { clients: [], totals }
  }
  const shown = rows.map(row => row.clientId)
  const days = await readClientDays(asked, meteredOf(terms, clientsNamed(shown)), shown)
  const clients = rows.map(row => {
    const byDay = days.get(row.clientId) ?? []
    return {
      ...toSums(asked, row),
      crossings: tellCrossings(terms, nowMs, row, byDay),
      requestsByDay: byDay.map(each => each.requests),
      bytesByDay: byDay.map(each => each.bytes),
      meteredRequestsByDay: byDay.map(each => each.meteredRequests),
      meteredBytesByDay: byDay.map(each => each.meteredBytes),
    }
  })
  return { clients, totals: toTotals(first) }
}

/** The same without days, which are read by name: for files, that have everybody. */
export async function readClientSums(asked: AskedMonth, question: ClientQuestion): Promise<ClientSums[]> {
  return (await readRows(asked, question)).map(row => toSums(asked, row))
}

async function readRows(asked: AskedMonth, question: ClientQuestion): Promise<Row[]> {
  const query = spellPage(asked, question, await findPossible(asked, question))
  return asked.store.query(query.sql, rowShape, query.params)
}

function toSums({ terms: { allowance, registry, range }, nowMs }: AskedMonth, row: Row): ClientSums {
  const isMetered = allowance !== null && registry !== null
  const isForecast = isMetered && forecastTerms(range.startMs, range.endMs, nowMs) !== null
  return {
    ...toNames(row),
    requests: row.requests,
    requestBytes: row.requestBytes,
    responseBytes: row.responseBytes,
    metered: isMetered ? { requests: row.meteredRequests, bytes: row.meteredBytes } : null,
    forecast: isForecast ? { requests: row.forecastRequests, bytes: row.forecastBytes } : null,
    standing: row.standing,
    place: { key: row.key, clientId: row.clientId },
  }
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

/** The registry's clients. Whoever pays for another is a partner, of whom there are few. */
function spellRegistered(clients: SqlPart | null, seen: SqlPart | null): string {
  // Whose client it is by contract is the client's to know, by id; more of them isn't.
  const payerName = `if(own.payer_id = own.client_id, own.name, partners.name)`
  const name = seen === null ? payerName : `if(own.payer_id IN (${seen.sql}), ${payerName}, '')`
  return `
SELECT
    own.client_id AS client_id, 1 AS is_known, own.name AS name, own.partner_id AS partner_id,
    own.payer_id AS payer_id, ${name} AS payer_name
FROM
(
    SELECT client_id, name, partner_id, if(collective_invoice AND partner_id != '', partner_id, client_id) AS payer_id
    FROM registry_client FINAL
    WHERE import_id = {registry:String} ${clients === null ? '' : `AND client_id IN (${clients.sql})`}
) AS own
LEFT JOIN
(
    SELECT client_id, name FROM registry_client FINAL
    WHERE import_id = {registry:String}
        AND client_id IN (SELECT partner_id FROM registry_partner WHERE import_id = {registry:String})
) AS partners ON own.payer_id = partners.client_id`
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
        AND ({search:String} = '' OR ${isLike('client_id')} OR ${isLike('name')})
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
FROM (SELECT * FROM (${figuresSql}) AS used FULL JOIN (${registeredSql}) AS registered USING (client_id))`
}

/** Nothing used is near nothing, where nothing is included. */
function isNear(figure: string): string {
  return `metered_${figure} > 0
    AND toUInt128(metered_${figure}) * 100 >= toUInt128({allowance_${figure}:UInt64}) * ${NEAR_PERCENT}`
}
