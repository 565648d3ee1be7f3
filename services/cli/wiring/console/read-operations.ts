import { type ListedAlert, listAlerts } from '@forbruk/alerts/list-alerts.ts'
import { findClient } from '@forbruk/close/clients/find-client.ts'
import { type MonthTerms, readMonthTerms } from '@forbruk/close/clients/month-terms.ts'
import { readClientRegistry } from '@forbruk/close/clients/read-client-registry.ts'
import { readClientStatements } from '@forbruk/close/clients/read-client-statements.ts'
import { readClientSums, readClients } from '@forbruk/close/clients/read-clients.ts'
import { listCases } from '@forbruk/close/dialogue/list-cases.ts'
import { clientsOfMonthInScope } from '@forbruk/close/registry/clients-in-scope.ts'
import { type PlacedVersion, placeVersions, readVersions } from '@forbruk/close/registry/registry-versions.ts'
import { countRejected } from '@forbruk/close/rejected/count-rejected.ts'
import { listRejected } from '@forbruk/close/rejected/list-rejected.ts'
import { describePrices } from '@forbruk/close/statements/describe-prices.ts'
import type { MonthFacts } from '@forbruk/console/routes/month-facts.ts'
import type { Reads } from '@forbruk/console/routes/reads.ts'
import { readKnownSources } from '@forbruk/infra/ledger/sources/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { EVERYTHING, type Scope } from '@forbruk/schemas/access/scope.ts'
import {
  type BillingPeriod,
  type PeriodRange,
  periodAt,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { createDraftOperations } from './draft-operations.ts'
import { readCompleteness } from './read-completeness.ts'
import { metricReader } from './read-metric-facts.ts'
import { readOverview } from './read-overview.ts'
import type { ReadParts } from './read-parts.ts'
import { readStatus } from './read-status.ts'
import { tariffInScope } from './tariff-in-scope.ts'
import { tellCompleteness } from './tell-freshness.ts'

const MINUTE_MS = 60_000

/** What the console shows of clients, terms and the pipeline. */
export function createReads(parts: ReadParts): Reads {
  const { store, stream, statementsTopic, readTariff, clock } = parts
  /** What a month is looked at by, and when; without one, of this month. Who looks sees the clients in the scope. */
  const look = async (period: BillingPeriod | null, scope: Scope = EVERYTHING) => {
    // On a whole minute: until the next one the same question has the same answer, and so the same ETag.
    const nowMs = Math.floor(clock() / MINUTE_MS) * MINUTE_MS
    const whole = await readTariff()
    const asking = period ?? periodAt(nowMs, whole.timeZone)
    const tariff = tariffInScope(scope, whole, asking, nowMs)
    const terms = await readMonthTerms(store, tariff, asking)
    const seen = clientsOfMonthInScope(scope, terms.registry?.importId ?? null)
    const facts = toFacts(terms, nowMs, seen === null)
    return { tariff, terms, nowMs, asked: { store, stream, terms, nowMs, seen }, facts }
  }
  const rangeOf = async (period: BillingPeriod | null) =>
    period === null ? null : periodRange(period, (await readTariff()).timeZone)
  return {
    ...createDraftOperations(parts),
    readMonthCompleteness: period => readCompleteness(parts, period),
    readOverview: async period => readOverview(parts, await look(period)),
    async readClients(scope, period, question) {
      const { asked, facts } = await look(period, scope)
      return { facts, ...(await readClients(asked, question)) }
    },
    async readClientSums(scope, period, question) {
      return readClientSums((await look(period, scope)).asked, question)
    },
    async readClient(scope, period, clientId) {
      const { asked, terms, nowMs, facts } = await look(period, scope)
      const client = await findClient(asked, clientId)
      if (client === null) return null
      const [registered, cases, statements] = await Promise.all([
        readClientRegistry(store, terms, clientId),
        scope.kind === 'all' ? listCases(store, nowMs, { clientId }) : [],
        readClientStatements(store, clientId, { scope, statementsTopic }),
      ])
      return { facts, client, registered, cases, statements }
    },
    async readRegistry(period) {
      const { terms } = await look(period)
      const imports = placeVersions(await readVersions(store)).map(toImport)
      const holding = imports.find(({ sequence }) => sequence === terms.registry?.sequence) ?? null
      return { month: terms.period.month, holding, imports: imports.toReversed() }
    },
    async readTariff(scope, period, language) {
      const { tariff, terms } = await look(period, scope)
      if (terms.tariff === null) return null
      return {
        month: terms.period.month,
        currency: tariff.currency,
        timeZone: tariff.timeZone,
        version: terms.tariff,
        sentences: describePrices(tariff, terms.tariff, language),
        versions: tariff.versions.map(({ validFrom }) => validFrom),
      }
    },
    readSources: () => listSources(store, stream),
    async listRejected(asked) {
      const range = await rangeOf(asked.period)
      const [reasons, events] = await Promise.all([
        countRejected(store, stream, range),
        listRejected(store, stream, toFilter(asked, range)),
      ])
      return { reasons, events }
    },
    async listRejectedRows(asked) {
      return listRejected(store, stream, toFilter(asked, await rangeOf(asked.period)))
    },
    async listAlerts(filter) {
      return (await listAlerts(store, stream, filter)).map(toAlert)
    },
    readStatus: () => readStatus(parts),
    readMetrics: metricReader(parts),
  }
}

function toFilter(
  { reason, source, after, rowsMax }: Parameters<Reads['listRejectedRows']>[0],
  range: PeriodRange | null,
) {
  const whenever = { fromMs: null, untilMs: null, statuses: [] }
  return { range, reason, source, after, limit: rowsMax, ...whenever }
}

async function listSources(store: Store, stream: string) {
  const { shipped, silent } = await readKnownSources(store, stream)
  return {
    completeness: tellCompleteness({ shipped, silent }),
    sources: shipped.map(({ throughMs, obstacles, instances, retired, identity: _, ...source }) => ({
      ...source,
      through: toIso(throughMs),
      obstacles: {
        total: obstacles.total,
        listed: obstacles.listed.map(({ sinceMs, ...each }) => ({
          ...each,
          since: new Date(sinceMs).toISOString(),
        })),
      },
      instances: instances.map(({ instance, host, throughMs, heardMs, isCopied, retired }) => ({
        ...{ instance, host, isCopied, retired },
        through: new Date(throughMs).toISOString(),
        heard: new Date(heardMs).toISOString(),
      })),
      retired: retired?.reason ?? null,
    })),
    silent,
  }
}

function toImport({ validFrom: _, importedAtMs, ...version }: PlacedVersion) {
  return { ...version, importedAt: new Date(importedAtMs).toISOString() }
}

function toAlert({ used, allowance, forecast, raisedAt, publishedAt, ...alert }: ListedAlert) {
  return {
    ...alert,
    used: String(used),
    allowance: String(allowance),
    forecast: forecast === null ? null : String(forecast),
    raisedAt,
    publishedAt,
  }
}

function toIso(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}

function toFacts(terms: MonthTerms, nowMs: number, isEverybodys: boolean): MonthFacts {
  const { period, range, timeZone, days, registry, tariff, allowance } = terms
  return {
    month: period.month,
    timeZone,
    from: new Date(range.startMs).toISOString(),
    to: new Date(range.endMs).toISOString(),
    asOf: new Date(nowMs).toISOString(),
    days,
    allowance: allowance && { requests: String(allowance.requests), bytes: String(allowance.bytes) },
    tariffValidFrom: tariff?.validFrom ?? null,
    // Its id is a hash of everybody's names.
    registry:
      registry === null || !isEverybodys
        ? null
        : { sequence: registry.sequence, importId: registry.importId },
  }
}
