import { quoteText } from '@forbruk/infra/store/quote-sql.ts'
import { forecastTerms } from '@forbruk/schemas/usage/forecast.ts'
import type { ClientsAnswer, ClientsQuestion } from '../ask/clients.ts'
import type { TariffVersion } from '../ask/tariff.ts'
import { addMonths } from '../reader/months.ts'

/**
 * The questions behind what counts against the allowances: the registry of the month says through which integrations,
 * its tariff of which kinds and how much is included. Amounts of a tariff stand in the text as they are.
 */

type Facts = Pick<ClientsAnswer, 'month' | 'from' | 'to' | 'asOf' | 'allowance' | 'registry'>
type Measure = 'requests' | 'bytes'

/** What a month's clients are judged by. */
export type Terms = {
  readonly facts: Facts
  readonly importId: string
  readonly allowance: NonNullable<Facts['allowance']>
  readonly version: {
    readonly consumption: Pick<TariffVersion['consumption'], 'meteredKinds'>
    readonly definitions: Pick<
      TariffVersion['definitions'],
      'statusClassesNotCounted' | 'unnamedIntegration' | 'bytesCounted'
    > & { readonly unknownIntegration?: TariffVersion['definitions']['unknownIntegration'] | undefined }
  }
}

/** Null where no registry or no tariff holds for the month: then nothing is judged. */
export function termsOf(facts: Facts, version: Terms['version'] | undefined): Terms | null {
  const { allowance, registry } = facts
  if (allowance === null || registry === null || version === undefined) return null
  return { facts, importId: registry.importId, allowance, version }
}

/** What nobody has shown to be the client's own never counts against it; where 4xx does not count, 429 doesn't. */
function notCounted({ version }: Terms): string[] {
  const chosen: readonly string[] = version.definitions.statusClassesNotCounted
  return [...new Set([...chosen, ...(chosen.includes('4xx') ? ['429'] : []), '401/407'])]
}

const listOf = (texts: readonly string[]) => texts.map(quoteText).join(', ')

/** The condition on a use by which it counts. */
function countsSql(terms: Terms): string {
  const { importId, version } = terms
  const { month } = terms.facts
  const { consumption, definitions } = version
  const metered: readonly string[] = consumption.meteredKinds
  const ofImport = `import_id = ${quoteText(importId)}`
  const uses = [
    `(client_id, integration_id) IN
    (
      SELECT client_id, integration_id
      FROM registry_activations
      WHERE ${ofImport}
        AND kind IN (${listOf(metered)})
        AND active_from < '${addMonths(month, 1)}-01'
        AND (active_until = '' OR active_until > '${month}-01')
        AND (kind != 'partner' OR client_id IN
        (
          SELECT client_id FROM registry_clients WHERE ${ofImport} AND (partner_id != '' OR is_partner)
        ))
    )`,
    ...(metered.includes(definitions.unnamedIntegration) ? [`integration_id = ''`] : []),
    ...(metered.includes(definitions.unknownIntegration ?? 'exception')
      ? [`integration_id NOT IN (SELECT integration_id FROM registry_activations WHERE ${ofImport})`]
      : []),
  ]
  return `status_class NOT IN (${listOf(notCounted(terms))})
  AND client_id IN (SELECT client_id FROM registry_clients WHERE ${ofImport})
  AND (
    ${uses.join('\n    OR ')}
  )`
}

const BYTES = { request_and_response: 'bytes', request: 'request_bytes', response: 'response_bytes' } as const

function columnOf({ version }: Terms, measure: Measure): string {
  return measure === 'requests' ? 'requests' : BYTES[version.definitions.bytesCounted]
}

function inMonth({ facts: { month } }: Terms): string {
  return `day >= '${month}-01' AND day < '${addMonths(month, 1)}-01'`
}

/** `18068` of `10000` is 180.6: rounded down, so that 100.0 is never shown of less; wide enough for any sum. */
function percentOf(used: string, included: string): string {
  return included === '0' ? 'NULL' : `intDiv(toUInt256(${used}) * 1000, ${included}) / 10`
}

/** What counts, added up from the first of the month on. */
export function meteredSql(terms: Terms, clientId: string): string {
  const running = (measure: Measure) => `sum(sum(${columnOf(terms, measure)})) OVER (ORDER BY day)`
  return `SELECT ${running('requests')}, ${running('bytes')}
FROM usage_daily
WHERE ${inMonth(terms)}
  AND client_id = ${quoteText(clientId)}
  AND ${countsSql(terms)}
GROUP BY day
ORDER BY day`
}

export function shareSql(terms: Terms, measure: Measure, clientId: string): string {
  return `SELECT ${percentOf(`sum(${columnOf(terms, measure)})`, terms.allowance[measure])}
FROM usage_daily
WHERE ${inMonth(terms)}
  AND client_id = ${quoteText(clientId)}
  AND ${countsSql(terms)}`
}

/** What counted so far, and for the rest of the month the pace of its last days. Null where nothing is forecast. */
export function forecastSql(terms: Terms, measure: Measure, clientId: string): string | null {
  const forecast = forecastOf(terms, measure)
  return forecast === null
    ? null
    : `SELECT ${forecast}
FROM usage_hourly
WHERE ${inHours(terms)}
  AND client_id = ${quoteText(clientId)}
  AND ${countsSql(terms)}`
}

function forecastOf(terms: Terms, measure: Measure): string | null {
  const { from, to, asOf } = terms.facts
  const pace = forecastTerms(Date.parse(from), Date.parse(to), Date.parse(asOf))
  if (pace === null) return null
  const column = columnOf(terms, measure)
  const recent = `sumIf(${column}, hour >= '${hourOf(pace.paceStartMs)}')`
  return `sum(${column}) + intDiv(toUInt256(${recent}) * ${pace.restMs}, ${pace.elapsedMs})`
}

function inHours({ facts: { from, to } }: Terms): string {
  return `hour >= '${hourOf(Date.parse(from))}' AND hour < '${hourOf(Date.parse(to))}'`
}

function hourOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** As the API has it: by so much a client is near, and so many are told. */
const NEAR_TENTHS = 8
const CLIENTS_MAX = 20

/** Who is near or above an allowance, or forecast to be: the share of each, the largest first. */
export function nearSql(terms: Terms): string {
  const { allowance } = terms
  const isAny = (judge: (measure: Measure) => string) => `${judge('requests')} OR ${judge('bytes')}`
  const forecasts = (['requests', 'bytes'] as const).flatMap(measure => {
    const forecast = forecastOf(terms, measure)
    return forecast === null ? [] : [`, ${forecast} AS forecast_${measure}`]
  })
  const isHeading =
    forecasts.length === 0 ? '' : `\n  OR ${isAny(each => `forecast_${each} > ${allowance[each]}`)}`
  const isForecast = forecasts.length > 0
  const isNear = (each: Measure) =>
    `used_${each} > 0 AND toUInt256(used_${each}) * 10 >= ${allowance[each]} * ${NEAR_TENTHS}`
  return `SELECT ${percentOf('used_requests', allowance.requests)}, ${percentOf('used_bytes', allowance.bytes)}
FROM
(
  SELECT
    client_id,
    sum(${columnOf(terms, 'requests')}) AS used_requests,
    sum(${columnOf(terms, 'bytes')}) AS used_bytes${forecasts.map(each => `\n    ${each}`).join('')}
  FROM ${isForecast ? 'usage_hourly' : 'usage_daily'}
  WHERE ${isForecast ? inHours(terms) : inMonth(terms)}
  AND ${countsSql(terms)}
  GROUP BY client_id
)
WHERE ${isAny(isNear)}${isHeading}
ORDER BY greatest(used_requests / ${allowance.requests}, used_bytes / ${allowance.bytes}) DESC, client_id
LIMIT ${CLIENTS_MAX}`
}

/** The whole list's, whatever of it is on the page; without terms it has no shares. */
export function clientListSql({ month, sort, order }: ClientsQuestion, terms: Terms | null): string {
  const shares =
    terms === null
      ? []
      : (['requests', 'bytes'] as const)
          .filter(measure => terms.allowance[measure] !== '0')
          .map(measure => percentOf(`sumIf(${columnOf(terms, measure)}, counts)`, terms.allowance[measure]))
  const share = shares.length === 0 ? '' : `, greatest(${shares.join(', ')}) AS share`
  const counts =
    terms === null || shares.length === 0
      ? ''
      : `WITH
  (
    ${countsSql(terms)}
  ) AS counts
`
  const by = { requests: 'sum(requests)', bytes: 'sum(bytes)', share: share === '' ? undefined : 'share' }
  const column = sort === 'requests' || sort === 'bytes' || sort === 'share' ? by[sort] : undefined
  const first = column === undefined ? '' : `${column}${order === 'desc' ? ' DESC' : ''}, `
  return `${counts}SELECT client_id, sum(requests), sum(bytes)${share}
FROM usage_daily
WHERE day >= '${month}-01' AND day < '${addMonths(month, 1)}-01'
GROUP BY client_id
ORDER BY ${first}client_id`
}
