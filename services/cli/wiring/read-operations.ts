import { type ListedAlert, listAlerts } from '@forbruk/alerts/list-alerts.ts'
import { type MonthTerms, readMonthTerms } from '@forbruk/close/clients/month-terms.ts'
import { readClientRegistry } from '@forbruk/close/clients/read-client-registry.ts'
import { readClientStatements } from '@forbruk/close/clients/read-client-statements.ts'
import { readClients } from '@forbruk/close/clients/read-clients.ts'
import { listCases } from '@forbruk/close/dialogue/list-cases.ts'
import { type PlacedVersion, placeVersions, readVersions } from '@forbruk/close/registry/registry-versions.ts'
import { countRejected } from '@forbruk/close/rejected/count-rejected.ts'
import { listRejected } from '@forbruk/close/rejected/list-rejected.ts'
import type { MonthFacts } from '@forbruk/console/routes/month-facts.ts'
import type { Reads } from '@forbruk/console/routes/reads.ts'
import { readSilentSources, readSources } from '@forbruk/infra/ledger/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, periodAt, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import type { ClientQuestion } from '@forbruk/schemas/usage/client-question.ts'
import { createDraftOperations } from './draft-operations.ts'
import { readOverview } from './read-overview.ts'
import type { ReadParts } from './read-parts.ts'
import { readStatus } from './read-status.ts'
import { tellCompleteness } from './tell-freshness.ts'

const MINUTE_MS = 60_000

/** What the console shows of clients, terms and the pipeline. */
export function createReads(parts: ReadParts): Reads {
  const { store, stream, readTariff, clock } = parts
  /** What a month is looked at by, and when; without one, of this month. */
  const look = async (period: BillingPeriod | null) => {
    // On a whole minute: until the next one the same question has the same answer, and so the same ETag.
    const nowMs = Math.floor(clock() / MINUTE_MS) * MINUTE_MS
    const tariff = await readTariff()
    const terms = await readMonthTerms(store, tariff, period ?? periodAt(nowMs, tariff.timeZone))
    return { tariff, terms, nowMs, asked: { store, stream, terms, nowMs }, facts: toFacts(terms, nowMs) }
  }
  return {
    ...createDraftOperations(parts),
    readOverview: async period => readOverview(parts, await look(period)),
    async readClients(period, question) {
      const { asked, facts } = await look(period)
      return { facts, ...(await readClients(asked, question)) }
    },
    async readClient(period, clientId) {
      const { asked, terms, nowMs, facts } = await look(period)
      const { clients } = await readClients(asked, { ...ONE_CLIENT, clientId })
      const [client] = clients
      if (client === undefined) return null
      const [registered, cases, statements] = await Promise.all([
        readClientRegistry(store, terms, clientId),
        listCases(store, nowMs, { clientId }),
        readClientStatements(store, clientId),
      ])
      return { facts, client, registered, cases, statements }
    },
    async readRegistry(period) {
      const { terms } = await look(period)
      const imports = placeVersions(await readVersions(store)).map(toImport)
      const holding = imports.find(({ sequence }) => sequence === terms.registry?.sequence) ?? null
      return { month: terms.period.month, holding, imports: imports.toReversed() }
    },
    async readTariff(period) {
      const { tariff, terms } = await look(period)
      if (terms.tariff === null) return null
      return {
        month: terms.period.month,
        currency: tariff.currency,
        timeZone: tariff.timeZone,
        version: terms.tariff,
        sentences: describeTariff(tariff, terms.tariff),
        versions: tariff.versions.map(({ validFrom }) => validFrom),
      }
    },
    readSources: () => listSources(store, stream),
    async listRejected({ period, reason, source, after, rowsMax }) {
      const range = period === null ? null : periodRange(period, (await readTariff()).timeZone)
      const filter = {
        range,
        reason,
        source,
        after,
        limit: rowsMax,
        statuses: [],
        fromMs: null,
        untilMs: null,
      }
      const reasons = await countRejected(store, stream, range)
      return { reasons, events: await listRejected(store, stream, filter) }
    },
    async listAlerts(filter) {
      return (await listAlerts(store, stream, filter)).map(toAlert)
    },
    readStatus: () => readStatus(parts),
  }
}

const ONE_CLIENT: Omit<ClientQuestion, 'clientId'> = {
  search: '',
  standings: [],
  sort: 'client',
  isDescending: false,
  after: null,
  rowsMax: 1,
}

async function listSources(store: Store, stream: string) {
  const sources = await readSources(store, stream)
  const silent = await readSilentSources(store, stream)
  return {
    completeness: tellCompleteness(sources, silent),
    sources: sources.map(({ throughMs, obstacles, retired, identity: _, ...source }) => ({
      ...source,
      through: toIso(throughMs),
      obstacles: {
        total: obstacles.total,
        listed: obstacles.listed.map(({ sinceMs, ...each }) => ({
          ...each,
          since: new Date(sinceMs).toISOString(),
        })),
      },
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

function toFacts(terms: MonthTerms, nowMs: number): MonthFacts {
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
    registry: registry && { sequence: registry.sequence, importId: registry.importId },
  }
}
