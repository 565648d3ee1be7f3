import { expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { OCTOBER_END_MS } from '../../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll, rows, close } = useInstallation()
const { open, get } = useConsole(place)

const figures = z.array(z.string())
const amounts = z.object({ requests: z.string(), bytes: z.string() }).nullable()
const listShape = z.looseObject({
  days: z.array(z.string()),
  totals: z.looseObject({ clients: z.int().optional() }),
  clients: z.array(
    z.looseObject({
      clientId: z.string(),
      requests: z.string(),
      metered: amounts,
      forecast: amounts,
      requestsByDay: figures,
      meteredRequestsByDay: figures,
      meteredBytesByDay: figures,
    }),
  ),
  next: z.string().nullable().optional(),
})

async function ask(path: string): Promise<unknown> {
  const answer = await get(path)
  expect([path, answer.status]).toEqual([path, 200])
  return answer.json()
}

const list = async (path: string) => listShape.parse(await ask(path))
const idsOf = ({ clients }: z.output<typeof listShape>) => clients.map(each => each.clientId)

test('a month has its clients with what counts of their use, as its statements have it', async () => {
  await countAll()
  await close()
  await open()
  const answer = await list('/v1/clients?month=2026-10')
  expect(answer).toMatchObject({
    month: '2026-10',
    timeZone: 'Europe/Oslo',
    from: '2026-09-30T22:00:00.000Z',
    allowance: { requests: '500000', bytes: '30000000000' },
    totals: { clients: 3, over: 2, heading: 0, near: 0, within: 1 },
    next: null,
  })
  expect(answer.days).toHaveLength(31)
  const stated = await rows(
    `SELECT client_id, payer_id, payer_name, toString(requests) AS requests,
            toString(metered_requests) AS metered_requests,
            toString(metered_bytes) AS metered_bytes
     FROM statements ORDER BY client_id`,
  )
  expect(stated.length).toBeGreaterThan(1)
  for (const row of stated) {
    const client = answer.clients.find(each => each.clientId === row.client_id)
    expect(client).toMatchObject({
      payerId: row.payer_id,
      payerName: row.payer_name,
      requests: row.requests,
      metered: { requests: row.metered_requests, bytes: row.metered_bytes },
    })
  }
  expect(answer.clients.find(each => each.clientId === 'firma')).toMatchObject({
    name: 'Firma AS',
    partnerId: 'byrå',
    metered: { requests: '500001', bytes: '3' },
    percent: { requests: '100.0', bytes: '0.0' },
    standing: 'over',
    forecast: null,
    crossings: { requests: { day: '2026-10-15', isForecast: false }, bytes: null },
  })
})

test('days add up to the month, and are those of the view', async () => {
  await countAll()
  await open()
  const { clients, days } = await list('/v1/clients?month=2026-10')
  for (const client of clients) {
    const sum = (all: string[]) => String(all.reduce((total, each) => total + BigInt(each), 0n))
    expect(sum(client.requestsByDay)).toBe(client.requests)
    expect(sum(client.meteredRequestsByDay)).toBe(client.metered?.requests)
    expect(sum(client.meteredBytesByDay)).toBe(client.metered?.bytes)
    const viewed = await rows(
      `SELECT toString(day) AS date, toString(sum(requests)) AS requests FROM usage_daily
       WHERE client_id = '${client.clientId}' AND date LIKE '2026-10-%' GROUP BY date ORDER BY date`,
    )
    const shown = days
      .map((date, index) => ({ date, requests: client.requestsByDay[index] }))
      .filter(({ requests }) => requests !== '0')
    expect(shown).toEqual(viewed)
  }
})

test('clients are found by part of an id or a name, and by how they stand', async () => {
  await countAll()
  await open()
  expect(idsOf(await list('/v1/clients?month=2026-10&search=STOR'))).toEqual(['kunde'])
  expect(idsOf(await list(`/v1/clients?month=2026-10&search=${encodeURIComponent('BYRÅ')}`))).toEqual([
    'byrå',
  ])
  expect(idsOf(await list('/v1/clients?month=2026-10&search=%25'))).toEqual([])
  expect(idsOf(await list('/v1/clients?month=2026-10&standing=over'))).toEqual(['firma', 'kunde'])
  expect(idsOf(await list('/v1/clients?month=2026-10&standing=within&standing=near'))).toEqual(['byrå'])
})

test.each(['client', 'name', 'payer', 'requests', 'bytes', 'meteredRequests', 'meteredBytes', 'share'])(
  'pages by %s hold each client once, in one order and its reverse',
  async sort => {
    await countAll()
    await open()
    const whole = idsOf(await list(`/v1/clients?month=2026-10&sort=${sort}`))
    expect(whole.toSorted()).toEqual(['byrå', 'firma', 'kunde'])
    for (const order of ['asc', 'desc']) {
      const paged: string[] = []
      let next: string | null = null
      do {
        const after: string = next === null ? '' : `&after=${encodeURIComponent(next)}`
        const page = await list(`/v1/clients?month=2026-10&sort=${sort}&order=${order}&limit=1${after}`)
        expect(page.totals.clients).toBe(3)
        paged.push(...idsOf(page))
        next = page.next ?? null
      } while (next !== null)
      expect(paged.toSorted()).toEqual(whole.toSorted())
      if (order === 'asc') expect(paged).toEqual(whole)
    }
  },
)

test('of the running month the rest is forecast from the last seven days, and the crossing dated', async () => {
  await countAll()
  await open()
  // Firma's only metered use is of 15 October: 500 001 in one hour of the last seven days.
  place().clock.nowMs = Date.parse('2026-10-17T22:00:00Z')
  const { clients } = await list('/v1/clients?month=2026-10&search=kunde')
  expect(clients[0]).toMatchObject({ standing: 'over', crossings: { bytes: { isForecast: false } } })
  expect(clients[0]?.forecast?.requests).toBe('9')
  // A client that is no more than known has nothing to go on with.
  const { clients: idle } = await list('/v1/clients?month=2026-10&search=by')
  expect(idle[0]).toMatchObject({ standing: 'within', forecast: { requests: '0', bytes: '0' } })
})

test('a cursor of another order, or of nobody, is refused', async () => {
  await countAll()
  await open()
  const { next } = await list('/v1/clients?month=2026-10&sort=requests&limit=1')
  await expectProblem(
    await get(`/v1/clients?month=2026-10&sort=name&limit=1&after=${next}`),
    422,
    'question_unclear',
  )
  await expectProblem(await get('/v1/clients?after=bm8'), 422, 'question_unclear')
  await expectProblem(await get('/v1/clients?sort=size'), 400, 'request_malformed')
  await expectProblem(await get('/v1/clients?near=yes'), 400, 'request_malformed')
})

test('without a registry whoever was counted is listed, and nothing is said of allowances', async () => {
  await countAll()
  await place().store.command('TRUNCATE TABLE registry_import')
  await open()
  const answer = await list('/v1/clients?month=2026-10')
  expect(answer.registry).toBeNull()
  expect(idsOf(answer)).toEqual(['firma', 'kunde'])
  expect(answer.clients[0]).toMatchObject({
    ...{ name: null, payerId: null, requests: '500041', metered: null, percent: null, standing: null },
    forecast: null,
  })
})

test('one client has its registry, cases and statements beside its month', async () => {
  await countAll()
  await close()
  await open()
  const answer = await ask('/v1/clients/firma?month=2026-10')
  expect(answer).toMatchObject({
    client: { clientId: 'firma', requests: '500041' },
    registered: {
      name: 'Firma AS',
      partnerId: 'byrå',
      collectiveInvoice: true,
      isPartner: false,
      buyer: null,
    },
    cases: [{ clientId: 'firma', state: 'open' }],
    statements: [{ month: '2026-10', revision: 1, isLatest: true, requests: '500041', payerId: 'byrå' }],
  })
  const since = { activeFrom: '2026-01-01', activeUntil: null }
  expect(answer).toHaveProperty('registered.activations', [
    { integrationId: 'shop', name: 'Shop', kind: 'external', ...since },
    { integrationId: 'web', name: 'Web', kind: 'internal', ...since },
  ])
  expect(await ask('/v1/clients/byr%C3%A5?month=2026-10')).toHaveProperty('registered.isPartner', true)
  await expectProblem(await get('/v1/clients/firm?month=2026-10'), 404, 'not_found')
})

test('the overview has the month against the one before, who is near, and what waits', async () => {
  await countAll()
  await open()
  const answer = await list('/v1/overview?month=2026-10')
  expect(answer).toMatchObject({
    month: '2026-10',
    usage: { month: '2026-10', total: { requests: '500044' } },
    before: { month: '2026-09', total: { requests: '7' } },
    compared: { days: 31, usage: { requests: '500044' }, before: { requests: '7' } },
    totals: { over: 2, heading: 0, near: 0 },
    freshness: { lag: 0, standing: 0 },
    completeness: { through: '2026-10-31T23:00:00.000Z', missing: 0, sources: 1, silent: [] },
    open: { cases: 0, rejectedEvents: 0 },
  })
  expect(idsOf(answer)).toEqual(['kunde', 'firma'])
  const days = await rows(
    `SELECT toString(day) AS date, toString(sum(requests)) AS requests FROM usage_daily
     WHERE date LIKE '2026-10-%' GROUP BY date ORDER BY date`,
  )
  expect(answer).toMatchObject({
    usage: { days: days.map(({ date, requests }) => ({ day: date, requests })) },
    waiting: z.looseObject({ waiting: z.array(z.unknown()) }).parse(await ask('/v1/waiting')).waiting,
  })
})

test('of the running month the days that are over are compared, and on the first one none is', async () => {
  await countAll()
  await open()
  place().clock.nowMs = OCTOBER_END_MS + 60_000
  expect(await ask('/v1/overview')).toHaveProperty('compared', null)
  place().clock.nowMs = OCTOBER_END_MS + 24 * 3_600_000 + 60_000
  expect(await ask('/v1/overview')).toMatchObject({
    month: '2026-11',
    compared: { days: 1, usage: { requests: '9' }, before: { requests: '0' } },
  })
})
