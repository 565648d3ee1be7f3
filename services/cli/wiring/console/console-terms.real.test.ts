import { expect, test } from 'vitest'
import { OCTOBER, TARIFF, useInstallation } from '../../../../test/support/close/close-october.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll, close, rows } = useInstallation()
const { open, get, post } = useConsole(place)

const [version] = TARIFF.versions
const WHAT_IF = `/v1/months/${OCTOBER.month}/what-if`
const ask = async (path: string): Promise<unknown> => (await get(path)).json()

test('what holds for a month is told, and every import', async () => {
  await countAll()
  await open()
  expect(await ask('/v1/registry?month=2026-10')).toMatchObject({
    month: '2026-10',
    holding: { sequence: 1, clients: 3, holds: { from: null, until: null } },
    imports: [{ sequence: 1 }],
  })
  expect(await ask('/v1/tariff?month=2026-10')).toMatchObject({
    month: '2026-10',
    currency: 'NOK',
    version: { consumption: { allowance: { requests: 500_000, gigabytes: '30' } } },
    sentences: expect.arrayContaining([expect.stringContaining('500000 requests and 30 GB')]),
  })
  await expectProblem(await get('/v1/tariff?month=2000-01'), 404, 'not_found')
})

test('what is said of prices is said in Norwegian as well, as statements say it', async () => {
  await countAll()
  await close()
  await open()
  const allowance = expect.arrayContaining([expect.stringMatching(/500\s000 forespørsler og 30 GB/)])
  expect(await ask('/v1/tariff?month=2026-10&language=nb')).toMatchObject({ sentences: allowance })
  expect(await ask('/v1/tariff/price?month=2026-10&requests=500001&language=nb')).toMatchObject({
    lines: [{ detail: expect.stringMatching(/^Forespørsler over inkluderte 500\s000$/) }],
  })
  expect(await (await post(WHAT_IF, { version, language: 'nb' })).json()).toMatchObject({
    sentences: allowance,
  })
  await expectProblem(await get('/v1/tariff?language=sv'), 400, 'request_malformed')
})

test('a quantity comes to what a statement of it would', async () => {
  await open()
  expect(await ask('/v1/tariff/price?month=2026-10&requests=500001&bytes=31000000000')).toMatchObject({
    lines: [
      { item: 'overage_requests', quantity: '1', amountNok: '0.02' },
      { item: 'overage_transfer', quantity: '1000', amountNok: '17.00' },
    ],
    amountNok: '17.02',
  })
  expect(await ask('/v1/tariff/price?month=2026-10&requests=500000')).toMatchObject({
    lines: [],
    amountNok: '0.00',
  })
  await expectProblem(await get('/v1/tariff/price?requests=-1'), 400, 'request_malformed')
})

test('a closed month is rated with a draft, against what was charged, and nothing is recorded', async () => {
  await countAll()
  await close()
  await open()
  const same = await post(WHAT_IF, { version })
  expect(same.status).toBe(200)
  const [charged] = await rows(
    `SELECT toDecimalString(sum(payable_nok), 2) AS payableNok,
            toDecimalString(sum(proposed_nok), 2) AS proposedNok
     FROM statements`,
  )
  expect(await same.json()).toMatchObject({ revision: 1, clientsChanged: 0, charged, draft: charged })

  const dearer = { ...version, externalAccess: { pricePerMonth: '249' } }
  const answer = await (await post(WHAT_IF, { version: dearer, limit: 1 })).json()
  expect(answer).toMatchObject({
    clientsTotal: 3,
    clients: [{ clientId: 'firma', payerId: 'byrå', differenceNok: '100.00' }],
  })
  expect(await rows('SELECT month, revision FROM month_closes')).toEqual([{ month: '2026-10', revision: 1 }])
})

test('a draft that can’t be used is refused with every mistake, and so is a month that isn’t closed', async () => {
  await countAll()
  await open()
  await expectProblem(await post(WHAT_IF, { version }), 404, 'not_found')
  await close()
  const uneven = {
    ...version,
    consumption: { ...version?.consumption, allowance: { requests: 1, gigabytes: '0.0000000001' } },
  }
  await expectProblem(await post(WHAT_IF, { version: uneven }), 400, 'request_malformed')
  const gap = { ...version, partnerTiers: version?.partnerTiers.slice(1) }
  expect(await expectProblem(await post(WHAT_IF, { version: gap }), 422, 'question_unclear')).toMatchObject({
    detail: expect.stringContaining('where the tier before ends'),
  })
  const nameless = { ...version, partnerTiers: version?.partnerTiers.map(tier => ({ ...tier, name: ' T' })) }
  await expectProblem(await post(WHAT_IF, { version: nameless }), 422, 'tariff_faulty')
})
