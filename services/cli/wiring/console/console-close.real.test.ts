import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { OCTOBER, useInstallation } from '../../../../test/support/close/close-october.ts'
import {
  countOctober,
  OCTOBER_END_MS,
  REGISTRY,
  writeRegistry,
} from '../../../../test/support/close/counted-month.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const dryShape = z.looseObject({ unaccepted: z.array(z.string()) })
const hashedShape = z.looseObject({ contentHash: z.string() })
const { place, countAll, importAll, rows } = useInstallation()
const { open, openHeld, stop, get, post } = useConsole(place)

describe('closing', () => {
  test('a month answers what it came to, and again that nothing changed', async () => {
    await countAll()
    await open()
    const first = await post(CLOSE)
    expect(first.status).toBe(200)
    expect(await first.json()).toMatchObject({
      month: '2026-10',
      outcome: 'closed',
      revision: 1,
      statements: 3,
      forced: null,
      announced: 3,
    })
    expect(await (await post(CLOSE)).json()).toMatchObject({
      outcome: 'unchanged',
      revision: 1,
      announced: 0,
    })
    expect(await (await get('/v1/months')).json()).toMatchObject({
      months: [{ month: '2026-10', revision: 1, isLatest: true, statements: 3, forcedReason: null }],
    })
  })

  test('for trial records nothing, and needs no body where nothing is asked for', async () => {
    await countAll()
    await open()
    expect(await (await post(CLOSE, { dryRun: true })).json()).toMatchObject({
      outcome: 'dry_run',
      revision: null,
    })
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    expect(await (await post(CLOSE, '')).json()).toMatchObject({ outcome: 'closed' })
  })

  test('a month before the tariff is a conflict too', async () => {
    await countAll()
    await open()
    const problem = await expectProblem(await post('/v1/months/2003-11/close'), 409, 'month_incomplete')
    expect(problem).toMatchObject({ month: '2003-11', missing: [{ kind: 'tariff_missing' }] })
  })

  test('an incomplete month is a conflict that lists what is missing; a reason overrides it', async () => {
    await countOctober(place())
    place().clock.nowMs = OCTOBER_END_MS + 1
    await importAll()
    await open()
    const problem = await expectProblem(await post(CLOSE), 409, 'month_incomplete')
    expect(problem).toMatchObject({
      month: '2026-10',
      missing: [
        {
          kind: 'grace_running',
          detail: '2026-10 may still get late events; close it after 2026-11-01T23:00:00Z',
        },
      ],
      estimate: { notBefore: '2026-11-01T23:00:00.000Z' },
    })
    const { missing, estimate } = problem
    expect(await (await get('/v1/months/2026-10/completeness')).json()).toMatchObject({
      month: '2026-10',
      isComplete: false,
      missing: z.array(z.looseObject({})).parse(missing),
      estimate,
    })
    expect(await rows('SELECT * FROM month_close')).toEqual([])
    const forced = await post(CLOSE, { force: { reason: 'the auditors <wait>' } })
    expect(await forced.json()).toMatchObject({
      outcome: 'closed',
      forced: { reason: 'the auditors <wait>' },
    })
    expect(await (await get('/v1/months/2026-10/statements/firma.html')).status).toBe(404)
    expect(await (await get('/v1/months/2026-10/statements/kunde.html')).text()).toContain(
      'the auditors &lt;wait&gt;',
    )
    const acts = await rows("SELECT reason FROM audit_entry WHERE act = 'close_month' AND outcome = 'done'")
    expect(acts).toEqual([{ reason: 'the auditors <wait>' }])
  })

  test('a closed month that would change through its registry asks for that by name', async () => {
    await countAll()
    await open()
    await post(CLOSE)
    const activations = REGISTRY['activations.csv'].replace('firma,shop,2026-01-01,\n', '')
    await writeRegistry(place().folder, { 'activations.csv': activations })
    await importAll(OCTOBER)
    const problem = await expectProblem(await post(CLOSE), 409, 'change_unaccepted')
    const payers = [{ payerId: 'byrå', cause: 'registry', amountNok: '-149.02' }]
    expect(problem).toMatchObject({
      month: '2026-10',
      revision: 1,
      unaccepted: [
        { cause: 'registry', amountNok: '-149.02', payableNok: '-149.00', payers, payersTotal: 1 },
      ],
    })
    const dry = dryShape.parse(await (await post(CLOSE, { dryRun: true })).json())
    const accept = [expect.stringMatching(/^registry:[0-9a-f]{12}$/)]
    expect(dry).toMatchObject({
      ...{ outcome: 'dry_run', unaccepted: accept, payerChanges: payers, payerChangesTotal: 1 },
    })
    expect(problem).toMatchObject({ unaccepted: [{ accept: dry.unaccepted[0] }] })
    for (const wrong of ['usage', 'registry', 'usage:0a1b2c3d4e5f', 'registry:0a1b'])
      await expectProblem(await post(CLOSE, { accept: [wrong] }), 400, 'request_malformed')
    await expectProblem(await post(CLOSE, { accept: ['registry:0a1b2c3d4e5f'] }), 409, 'change_unaccepted')
    expect(await (await post(CLOSE, { accept: dry.unaccepted })).json()).toMatchObject({ revision: 2 })
  })

  test('a month that waits for approval is announced once somebody approves what was seen', async () => {
    await countAll()
    await open({ wrap: close => request => close({ ...request, announce: 'after-approval' }) })
    const closed = hashedShape.parse(await (await post(CLOSE)).json())
    expect(closed).toMatchObject({ outcome: 'closed', announced: 0, waiting: [1] })
    const approve = `r1:${closed.contentHash.slice(0, 12)}`
    const month = { month: '2026-10', revision: 1, announcement: 'waiting', approve, approvedBy: null }
    expect(await (await get('/v1/months')).json()).toMatchObject({ months: [month] })

    const path = '/v1/months/2026-10/announce'
    for (const body of [
      {},
      { approve },
      { approve, actor: ' ' },
      { approve: 'r1', actor: 'Kari' },
      { approve, actor: 'Kari', topic: '' },
    ])
      await expectProblem(await post(path, body), 400, 'request_malformed')
    for (const other of [approve.replace('r1', 'r2'), 'r1:000000000000'])
      await expectProblem(await post(path, { approve: other, actor: 'Kari' }), 409, 'approval_refused')
    const before = '/v1/months/2026-09/announce'
    await expectProblem(await post(before, { approve, actor: 'Kari' }), 404, 'not_found')
    expect(await (await post(path, { approve, actor: 'Kari' })).json()).toEqual({
      approvals: [{ revision: 1, by: 'Kari' }],
      announced: 3,
    })
    expect(await (await post(path, { approve, actor: 'Ola' })).json()).toEqual({
      approvals: [],
      announced: 0,
    })
    expect(await (await get('/v1/months')).json()).toMatchObject({
      months: [{ ...month, announcement: 'announced', approvedBy: 'Kari' }],
    })
  })

  test('a second close while one is running is a conflict', async () => {
    await countAll()
    const { begun, gate } = await openHeld()
    const first = post(CLOSE)
    await begun.promise
    await expectProblem(await post(CLOSE), 409, 'close_running')
    gate.resolve()
    expect((await first).status).toBe(200)
    expect((await post(CLOSE)).status).toBe(200)
  })

  test('what is being answered when the console stops is answered', async () => {
    await countAll()
    const { begun, gate } = await openHeld()
    const closing = post(CLOSE)
    await begun.promise
    const stopped = stop()
    gate.resolve()
    expect(await (await closing).json()).toMatchObject({ outcome: 'closed' })
    await stopped
    await expect(get('/v1/health')).rejects.toThrow()
  })
})
