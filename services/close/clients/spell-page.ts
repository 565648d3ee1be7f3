import type { SqlPart, spellClientFigures } from '@forbruk/infra/ledger/usage/client-figures.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type ClientQuestion, type ClientSort, NEAR_PERCENT } from '@forbruk/schemas/usage/client-question.ts'
import { forecastTerms } from '@forbruk/schemas/usage/forecast.ts'
import { isLike } from './find-possible.ts'
import type { MonthTerms } from './month-terms.ts'
import { clientsNamed, NOTHING_METERED, spellMetered } from './spell-metered.ts'

export type AskedMonth = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  readonly terms: MonthTerms
  readonly nowMs: number
  /** A query of the client ids that may be seen; null: all. */
  readonly seen: SqlPart | null
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
  const ofClients = clients === null ? '' : `AND client_id IN (${clients.sql})`
  const ofTheirs =
    clients === null
      ? ''
      : `AND client_id IN
        (SELECT partner_id FROM registry_client WHERE import_id = {registry:String} ${ofClients})`
  return `
SELECT
    own.client_id AS client_id, 1 AS is_known, own.name AS name, own.partner_id AS partner_id,
    own.payer_id AS payer_id, ${name} AS payer_name
FROM
(
    SELECT client_id, name, partner_id, if(collective_invoice AND partner_id != '', partner_id, client_id) AS payer_id
    FROM registry_client FINAL
    WHERE import_id = {registry:String} ${ofClients}
) AS own
LEFT JOIN
(
    SELECT client_id, name FROM registry_client FINAL
    WHERE import_id = {registry:String}
        AND client_id IN (SELECT partner_id FROM registry_partner WHERE import_id = {registry:String})
        ${ofTheirs}
) AS partners ON own.payer_id = partners.client_id`
}

/** What figures are asked for. */
export type FiguresAsked = Parameters<typeof spellClientFigures>[0]

/**
 * Pure: a page of the clients of a month, with how each stands.
 * @param clientIds of these alone; null: of everybody
 * @param spellFigures of each client, in columns of these names and whatever others
 */
export function spellPage(
  { stream, terms, nowMs, seen }: AskedMonth,
  { search, standings, sort, isDescending, after, rowsMax }: ClientQuestion,
  clientIds: readonly string[] | null,
  spellFigures: (figures: FiguresAsked) => SqlPart,
): SqlPart {
  const { range, registry, tariff, allowance } = terms
  const pace = forecastTerms(range.startMs, range.endMs, nowMs)
  const clients = spellAsked(clientIds && clientsNamed(clientIds), seen)
  const figures = spellFigures({
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

/** What a client id is IN: those that are asked for, of those that may be seen. Null: everybody. */
function spellAsked(named: SqlPart | null, seen: SqlPart | null): SqlPart | null {
  if (named === null || seen === null) return named ?? seen
  return {
    sql: `SELECT client_id FROM (SELECT arrayJoin(${named.sql}) AS client_id) WHERE client_id IN (${seen.sql})`,
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

/** Pure: what counts, by what holds for the month. */
export function meteredOf({ registry, tariff, period }: MonthTerms, clients: SqlPart | null): SqlPart {
  return registry === null || tariff === null
    ? NOTHING_METERED
    : spellMetered(registry.importId, tariff, period, clients)
}
