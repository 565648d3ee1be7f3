import { type HourUse, readBusyHours } from '@forbruk/infra/ledger/usage/busy-hours.ts'
import { type MonthUse, readUsesByMonth } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Evidence } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { type BillingPeriod, type PeriodRange, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import { classesNotCounted, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { Temporal } from 'temporal-polyfill'
import { isMetered, kindOf, meter } from '../rating/measure-uses.ts'
import { findOverage, type MonthOverage, NO_OVERAGE } from './find-overage.ts'

/** A client's month as it was recorded; without a statement nothing was used. */
export type RecordedMonth = {
  readonly clientId: string
  readonly statement: Statement | null
  readonly overage: MonthOverage
}

/** What evidence is drawn from. */
type EvidenceSource = {
  readonly store: Store
  readonly stream: string
  readonly timeZone: string
  readonly period: BillingPeriod
  readonly version: TariffVersion
  readonly registry: Registry
  readonly revision: number
}

const EARLIER_MONTHS = 5
const INTEGRATIONS_MAX = 5
const HOURS_MAX = 5
/** A query's parameters travel in a URL to a server. */
const CLIENTS_PER_QUERY = 100

export function toRecordedMonth(
  clientId: string,
  statement: Statement | null,
  version: TariffVersion,
): RecordedMonth {
  return { clientId, statement, overage: statement === null ? NO_OVERAGE : findOverage(statement, version) }
}

/**
 * What there is to show each client. The month's own figures are the statement's; the hours and earlier months are
 * read as they are counted now, the latter by the month's registry and definitions, so that they compare.
 */
export async function gatherEvidence(
  source: EvidenceSource,
  months: readonly RecordedMonth[],
): Promise<ReadonlyMap<string, Evidence>> {
  const { store, stream, timeZone } = source
  const evidence = new Map<string, Evidence>()
  for (let start = 0; start < months.length; start += CLIENTS_PER_QUERY) {
    const some = months.slice(start, start + CLIENTS_PER_QUERY)
    const clientIds = some.map(month => month.clientId)
    const earlier = await readUsesByMonth(store, stream, earlierRange(source), timeZone, clientIds)
    const hours = await readHours(source, some)
    const earlierBy = Map.groupBy(earlier.filter(countsBy(source)), use => use.clientId)
    const hoursBy = Map.groupBy(hours, use => use.clientId)
    for (const month of some) {
      const { clientId } = month
      evidence.set(
        clientId,
        toEvidence(source, month, earlierBy.get(clientId) ?? [], hoursBy.get(clientId) ?? []),
      )
    }
  }
  return evidence
}

function earlierRange({ timeZone, period }: EvidenceSource): PeriodRange {
  const first = Temporal.PlainYearMonth.from(period.month).subtract({ months: EARLIER_MONTHS })
  const start = first.toPlainDate({ day: 1 }).toZonedDateTime(timeZone)
  return { startMs: start.epochMilliseconds, endMs: periodRange(period, timeZone).startMs }
}

/** Where requests are above the allowance they are the matter, else the transfer. */
async function readHours(
  { store, stream, timeZone, period, version }: EvidenceSource,
  months: readonly RecordedMonth[],
): Promise<HourUse[]> {
  const range = periodRange(period, timeZone)
  const { bytesCounted } = version.definitions
  const rules = { bytesCounted, notCounted: [...classesNotCounted(version)], hoursPerClientMax: HOURS_MAX }
  const readBy = (measure: 'requests' | 'bytes') => {
    const uses = meteredUses(months.filter(month => measureOf(month) === measure))
    return readBusyHours(store, { stream, range, uses, measure, ...rules })
  }
  return [...(await readBy('requests')), ...(await readBy('bytes'))]
}

function measureOf({ overage }: RecordedMonth): 'requests' | 'bytes' | null {
  if (overage.requests !== null) return 'requests'
  return overage.transfer === null ? null : 'bytes'
}

function meteredUses(months: readonly RecordedMonth[]) {
  return months.flatMap(({ clientId, statement }) =>
    usesThatCount(statement).map(({ integrationId }) => ({ clientId, integrationId })),
  )
}

function usesThatCount(statement: Statement | null) {
  return (statement?.usage ?? []).filter(use => use.meteredRequests !== '0' || use.meteredBytes !== '0')
}

function countsBy({ registry, version }: EvidenceSource): (use: MonthUse) => boolean {
  const notCounted = classesNotCounted(version)
  const integrationById = new Map(registry.integrations.map(each => [each.integrationId, each]))
  return ({ integrationId, statusClass }) =>
    !notCounted.has(statusClass) && isMetered(kindOf(integrationId, integrationById), version)
}

function toEvidence(
  { period, revision, version, timeZone }: EvidenceSource,
  month: RecordedMonth,
  earlier: readonly MonthUse[],
  hours: readonly HourUse[],
): Evidence {
  const { statement, overage } = month
  const own = {
    month: period.month,
    requests: statement?.meteredRequests ?? '0',
    bytes: statement?.meteredBytes ?? '0',
  }
  return {
    revision,
    ...overage,
    trend: [...sumByMonth(earlier, version), own],
    integrations: rankIntegrations(month).slice(0, INTEGRATIONS_MAX),
    hours: hours.map(({ hourMs, requestsSum, bytesSum }) => ({
      hour: localHour(hourMs, timeZone),
      requests: `${requestsSum}`,
      bytes: `${bytesSum}`,
    })),
  }
}

function sumByMonth(uses: readonly MonthUse[], version: TariffVersion): Evidence['trend'] {
  return [...Map.groupBy(uses, use => use.month)].map(([month, ofMonth]) => {
    const { requests, bytes } = meter(ofMonth, version)
    return { month, requests: `${requests}`, bytes: `${bytes}` }
  })
}

/** `2026-10-14T13:00+02:00`; the distance from UTC tells the two hours of a change from summer time apart. */
function localHour(hourMs: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(hourMs).toZonedDateTimeISO(timeZone)
  return local.toString({ smallestUnit: 'minute', timeZoneName: 'never' })
}

function rankIntegrations(month: RecordedMonth): Evidence['integrations'] {
  const measure = measureOf(month)
  if (measure === null) return []
  return usesThatCount(month.statement)
    .map(use => ({
      integrationId: use.integrationId,
      requests: use.meteredRequests,
      bytes: use.meteredBytes,
    }))
    .toSorted((a, b) => compareCounts(b[measure], a[measure]))
}

function compareCounts(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
