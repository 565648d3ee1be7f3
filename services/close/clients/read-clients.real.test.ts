import { writeFile } from 'node:fs/promises'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { repeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { allowanceBytes, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { ClientQuestion } from '@forbruk/schemas/usage/client-question.ts'
import { forecastUsage, paceStartMs } from '@forbruk/schemas/usage/forecast.ts'
import { expect, test } from 'vitest'
import { TARIFF, useInstallation } from '../../../test/support/close/close-october.ts'
import { flushBlock, TOPIC } from '../../../test/support/close/counted-month.ts'
import { KINDS, OCTOBER, PUBLISHED } from '../../../test/support/close/registry-values.ts'
import { takeActiveRegistry } from '../rating/active-registry.ts'
import { measureUses } from '../rating/measure-uses.ts'
import { readStoredRegistry } from '../registry/read-stored-registry.ts'
import { readMonthTerms } from './month-terms.ts'
import { readClients } from './read-clients.ts'

const { place, importAll } = useInstallation()
const range = periodRange(OCTOBER, 'Europe/Oslo')
const nowMs = range.startMs + 12 * 24 * 3_600_000 + 1_234_567
/** Known as a partner, as a partner's, as nobody's; and not known. */
const CLIENTS = ['partner', 'ofpartner', 'alone', 'stranger']
const INTEGRATIONS = [...Object.keys(KINDS), '', 'unheard']
const ALL: ClientQuestion = {
  ...{
    search: '',
    standings: [],
    clientId: null,
    sort: 'client',
    isDescending: false,
    after: null,
    rowsMax: 100,
  },
}

/** Every client through every integration, with every status, in the week that a forecast goes on from and before. */
const USES = CLIENTS.flatMap((client, clientIndex) =>
  INTEGRATIONS.flatMap((integration, index) =>
    STATUS_CLASSES.flatMap((statusClass, classIndex) =>
      [2, 9].map(days => ({
        ...{ client, integration, statusClass },
        timeMs: range.startMs + days * 24 * 3_600_000,
        requests: 1 + clientIndex + 10 * index + 1_000 * classIndex + days,
        requestBytes: BigInt(7 * (index + 1) * days) * 2n ** 33n,
        responseBytes: BigInt(3 * (classIndex + 1)),
      })),
    ),
  ),
)

const defining = (definitions: Partial<TariffVersion['definitions']>): TariffVersion => ({
  ...PUBLISHED,
  definitions: { ...PUBLISHED.definitions, ...definitions },
})
const metering = (...meteredKinds: TariffVersion['consumption']['meteredKinds']): TariffVersion => ({
  ...PUBLISHED,
  consumption: { ...PUBLISHED.consumption, meteredKinds },
})
const VERSIONS: readonly TariffVersion[] = [
  PUBLISHED,
  metering(),
  metering('internal', 'year_end'),
  metering('partner'),
  ...(['internal', 'external', 'exception', 'undecided'] as const).flatMap(rule => [
    defining({ unnamedIntegration: rule }),
    defining({ unknownIntegration: rule }),
  ]),
  ...(['request', 'response'] as const).map(bytesCounted => defining({ bytesCounted })),
  defining({ statusClassesNotCounted: ['4xx', '5xx'] }),
  defining({ statusClassesNotCounted: [] }),
]

test('what counts in SQL is what counts on a statement, by whatever tariff, and so is what is forecast', async () => {
  const { store, folder } = place()
  const write = (name: string, ...lines: string[]) =>
    writeFile(`${folder}/${name}.csv`, `${lines.join('\n')}\n`)
  await write(
    'clients',
    'client_id,name,partner_id,collective_invoice',
    'partner,P,,no',
    'ofpartner,O,partner,yes',
    'alone,A,,no',
  )
  await write('partners', 'partner_id,name', 'partner,P')
  await write(
    'integrations',
    'integration_id,name,kind',
    ...Object.entries(KINDS).map(([id, kind]) => `${id},${id},${kind}`),
  )
  // Before the month, from within it, to within it, to its first day, from after it; `desk` is nobody's.
  const dates = [
    '2025-01-01,',
    '2026-10-31,',
    '2025-01-01,2026-10-02',
    '2025-01-01,2026-10-01',
    '2026-11-01,',
  ]
  const active = ['partner', 'ofpartner', 'alone'].flatMap((client, shift) =>
    ['web', 'year', 'bi', 'shop', 'pos'].map(
      (id, index) => `${client},${id},${dates[(index + shift) % dates.length]}`,
    ),
  )
  await write('activations', 'client_id,integration_id,active_from,active_until', ...active)
  await importAll()
  await flushBlock(store, { partition: 0, block: 0, nextOffset: 8, uses: USES })
  const stored = await readStoredRegistry(store, OCTOBER.month)
  if (stored === null) throw new Error('expected the registry')
  const known = takeActiveRegistry(stored.registry, OCTOBER)

  const pace = { periodStartMs: range.startMs, periodEndMs: range.endMs, nowMs }
  for (const version of VERSIONS) {
    const tariff = { ...TARIFF, versions: [version] }
    const terms = await readMonthTerms(store, tariff, OCTOBER)
    expect(terms.allowance?.bytes).toBe(allowanceBytes(version))
    const asked = { store, stream: TOPIC, terms, nowMs, seen: null }
    const { clients, totals } = await readClients(asked, ALL)
    // All of them by name, whose days come with their sums.
    expect(await readClients(asked, { ...ALL, search: 'n' })).toEqual({ clients, totals })
    expect(clients.map(each => each.clientId)).toEqual(CLIENTS.toSorted())
    const standings = Object.groupBy(clients, each => each.standing ?? 'none')
    expect(totals).toMatchObject({
      clients: 4,
      over: standings.over?.length ?? 0,
      within: standings.within?.length ?? 0,
    })
    for (const { clientId, metered, forecast } of clients) {
      const measure = (sinceMs: number) => {
        const rows = USES.filter(use => use.client === clientId && use.timeMs >= sinceMs).map(use => ({
          ...{ clientId, integrationId: use.integration, statusClass: use.statusClass },
          ...{
            requests: BigInt(use.requests),
            requestBytes: use.requestBytes,
            responseBytes: use.responseBytes,
          },
        }))
        const summed = [...Map.groupBy(rows, row => `${row.integrationId} ${row.statusClass}`).values()]
        const uses = measureUses(clientId, summed.flat(), known, version).map(use => use.metered)
        return {
          requests: uses.reduce((sum, use) => sum + use.requests, 0n),
          bytes: uses.reduce((sum, use) => sum + use.bytes, 0n),
        }
      }
      const [used, recent] = [measure(range.startMs), measure(paceStartMs(range.startMs, nowMs))]
      expect([clientId, version.definitions, metered]).toEqual([clientId, version.definitions, used])
      expect(forecast).toEqual({
        requests: forecastUsage({ ...pace, used: used.requests, usedRecently: recent.requests }),
        bytes: forecastUsage({ ...pace, used: used.bytes, usedRecently: recent.bytes }),
      })
    }
  }

  // Copies of what a power loss has taken: as many as bring a day below 0, and the month of that use not.
  const [lost] = USES
  if (lost === undefined) throw new Error('expected a use')
  await insertValues(
    store,
    repeatedRequest,
    Array.from({ length: lost.requests + 3 }, (_, offset) => toCopy(lost, offset)),
  )
  const terms = await readMonthTerms(store, { ...TARIFF, versions: [PUBLISHED] }, OCTOBER)
  const asked = { store, stream: TOPIC, terms, nowMs, seen: null }
  const all = await readClients(asked, ALL)
  expect(await readClients(asked, { ...ALL, search: 'n' })).toEqual(all)
  const damaged = all.clients.find(each => each.clientId === lost.client)
  const counted = USES.filter(use => use.client === lost.client).reduce((sum, use) => sum + use.requests, 0)
  expect(damaged?.requests).toBe(BigInt(counted - lost.requests - 2))
  expect(damaged?.requestsByDay.reduce((sum, each) => sum + each, 0n)).toBe(BigInt(counted - lost.requests))
})

function toCopy({ client, integration, statusClass, timeMs }: (typeof USES)[number], offset: number) {
  return {
    ...{
      stream: TOPIC,
      partition: 0,
      hourMs: timeMs,
      clientId: client,
      integrationId: integration,
      statusClass,
    },
    ...{
      idHash: 1n,
      offset,
      eventIndex: 0,
      requestId: 'lost',
      appendTimeMs: timeMs,
      source: 'gw1',
      isKnown: true,
    },
    ...{ requestBytes: 0, responseBytes: 0 },
  }
}
