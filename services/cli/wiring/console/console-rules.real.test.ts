import { expect, test } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, rows } = useInstallation()
const { open, get, post } = useConsole(place)
const RULES = '/v1/rejected/rules'
const STRANGERS = {
  ...{
    name: 'strangers',
    reasonCode: 'client_missing',
    statuses: [401],
    eventsMax: 500,
    fromMonth: '2026-10',
  },
  ...{ reason: 'nobody was served', actor: 'kari' },
}

test('standing rules are added, listed and ended', async () => {
  await open()
  expect(await (await get(RULES)).json()).toEqual({ rules: [] })
  const added = await post(RULES, STRANGERS)
  expect(added.status).toBe(200)
  expect(await added.json()).toMatchObject({ ...STRANGERS, source: null, sharePercentMax: null, ended: null })
  const taken = await expectProblem(await post(RULES, { ...STRANGERS, eventsMax: 1 }), 409, 'rule_refused')
  expect(taken).toMatchObject({ detail: expect.stringContaining('rules are never changed') })

  const end = { untilMonth: '2026-12', reason: 'the gateway is gone', actor: 'ola' }
  expect(await (await post(`${RULES}/strangers/end`, end)).json()).toMatchObject({ ended: end })
  await expectProblem(await post(`${RULES}/nobody/end`, end), 404, 'not_found')
  expect(await (await get(RULES)).json()).toMatchObject({ rules: [{ ...STRANGERS, ended: end }] })
})

test.each([
  ['a reason code that there is not', { reasonCode: 'client_mising' }, 'client_invalid'],
  ['a status that there is not', { statuses: [40] }, 'a status from 100 to 599'],
  ['no bound', { eventsMax: null }, 'a bound: a number of events a month'],
  ['a share above the whole', { sharePercentMax: '101' }, 'per cent above 0, at most 100'],
  ['a month that there is not', { fromMonth: '2026-13' }, 'a month as YYYY-MM'],
  [
    'a last month before its first',
    { untilMonth: '2026-01' },
    'a last month that is not before the first',
    { status: 422, kind: 'question_unclear' },
  ],
])(
  'a rule with %s is refused, with what was expected, and nothing is recorded',
  async (_, changes, expected, { status, kind } = { status: 400, kind: 'request_malformed' }) => {
    await open()
    const problem = await expectProblem(await post(RULES, { ...STRANGERS, ...changes }), status, kind)
    expect(problem).toMatchObject({ detail: expect.stringContaining(expected) })
    expect(await rows('SELECT * FROM rejected_rule')).toEqual([])
  },
)
