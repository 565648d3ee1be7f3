import { expect, test } from 'vitest'
import { z } from 'zod'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll, rows } = useInstallation()
const { open, get } = useConsole(place)

const countText = z.string().regex(/^\d+$/)
const answerShape = z.strictObject({
  from: z.string(),
  to: z.string(),
  timeZone: z.string(),
  rows: z.array(
    z.strictObject({
      at: z.string().nullable(),
      clientId: z.string().nullable(),
      integrationId: z.string().nullable(),
      statusClass: z.string().nullable(),
      requests: countText,
      requestBytes: countText,
      responseBytes: countText,
    }),
  ),
  next: z.string().nullable(),
})

async function ask(query: string) {
  const answer = await get(`/v1/usage?${query}`)
  expect(answer.status, query).toBe(200)
  return answerShape.parse(await answer.json())
}

/** By the view that analysts use, which is another spelling of the same. */
async function expectAsIn(query: string, sql: string): Promise<void> {
  const { rows: answered } = await ask(query)
  const expected = await rows(sql)
  expect(answered.length).toBeGreaterThan(0)
  expect(answered.map(({ requestBytes: _, responseBytes: __, ...names }) => names)).toEqual(
    expected.map(row => ({ at: null, clientId: null, integrationId: null, statusClass: null, ...row })),
  )
}

test('a month is told apart as asked, as the views have it', async () => {
  await countAll()
  await open()
  const month = await ask('month=2026-10')
  expect(month).toMatchObject({
    from: '2026-09-30T22:00:00.000Z',
    to: '2026-10-31T23:00:00.000Z',
    timeZone: 'Europe/Oslo',
    next: null,
    rows: [{ at: null, clientId: null, integrationId: null, statusClass: null }],
  })
  await expectAsIn(
    'month=2026-10',
    `SELECT toString(sum(requests)) AS requests FROM usage_monthly WHERE month = '2026-10'`,
  )
  await expectAsIn(
    'month=2026-10&split=client&split=integration&by=day',
    `SELECT toString(day) AS at, client_id AS clientId, integration_id AS integrationId,
            toString(sum(requests)) AS requests
     FROM usage_daily WHERE formatDateTime(day, '%Y-%m') = '2026-10' GROUP BY ALL ORDER BY at, clientId, integrationId`,
  )
  await expectAsIn(
    'month=2026-10&split=statusClass&by=hour',
    `SELECT concat(formatDateTime(hour, '%Y-%m-%dT%H', 'UTC'), ':00:00Z') AS at,
            toString(status_class) AS statusClass, toString(sum(requests)) AS requests
     FROM usage_hourly
     WHERE hour >= toDateTime('2026-09-30 22:00:00', 'UTC') AND hour < toDateTime('2026-10-31 23:00:00', 'UTC')
     GROUP BY ALL ORDER BY at, statusClass`,
  )
  await expectAsIn(
    'from=2026-01-01&to=2027-01-01&by=month&split=client&client=firma&client=kunde&statusClass=2xx',
    `SELECT month AS at, client_id AS clientId, toString(sum(requests)) AS requests
     FROM usage_monthly WHERE client_id IN ('firma', 'kunde') AND status_class = '2xx'
     GROUP BY ALL ORDER BY at, clientId`,
  )
})

test.each(['name', 'requests', 'bytes'])('pages by %s hold each row once, in one order', async order => {
  await countAll()
  await open()
  const query = `from=2026-01-01&to=2027-01-01&by=hour&split=client&split=integration&split=statusClass&order=${order}`
  const whole = await ask(query)
  expect(whole.rows.length).toBeGreaterThan(3)
  const paged: unknown[] = []
  let next: string | null = null
  do {
    const page = await ask(`${query}&limit=2${next === null ? '' : `&after=${encodeURIComponent(next)}`}`)
    expect(page.rows.length).toBeLessThanOrEqual(2)
    paged.push(...page.rows)
    next = page.next
  } while (next !== null)
  expect(paged).toEqual(whole.rows)
  if (order === 'name') return
  const figures = whole.rows.map(row =>
    order === 'requests' ? BigInt(row.requests) : BigInt(row.requestBytes) + BigInt(row.responseBytes),
  )
  expect(figures).toEqual([...figures].sort((a, b) => (a > b ? -1 : 1)))
})

test('without a month it is this one', async () => {
  await countAll()
  await open()
  expect(await ask('')).toMatchObject({ from: '2026-10-31T23:00:00.000Z', to: '2026-11-30T23:00:00.000Z' })
})

test('a question that can mean two things, or nothing, is refused', async () => {
  await open()
  for (const query of [
    'month=2026-10&from=2026-10-01&to=2026-10-02',
    'from=2026-10-01',
    'to=2026-10-01',
    'from=2026-10-02&to=2026-10-02',
    'after=bm8',
    'after=%F0%9F%92%A9',
  ])
    await expectProblem(await get(`/v1/usage?${query}`), 422, 'question_unclear')
  for (const query of [
    'from=2026-02-30&to=2026-03-01',
    'from=1999-01-01&to=2026-01-01',
    'by=week',
    'limit=0',
    'split=payer',
  ])
    await expectProblem(await get(`/v1/usage?${query}`), 400, 'request_malformed')
})
