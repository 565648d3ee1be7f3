import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { TARIFF, useInstallation } from '../../../test/support/close/close-october.ts'
import { flushBlock, GRACE_END_MS, OCTOBER_USES } from '../../../test/support/close/counted-month.ts'
import { beforeInsert, failingInsert } from '../../../test/support/close/disturbed-store.ts'
import { openRecorded } from '../../../test/support/close/open-recorded.ts'
import { addStep } from './add-step.ts'
import { listCases } from './list-cases.ts'
import { readCase } from './read-dialogues.ts'

const { place, close, rows, countAll } = useInstallation()
beforeEach(countAll)

const NOTHING = { opened: [], monthAdded: [], evidenceChanged: [], exceeded: [] }

const open = (statements: readonly Statement[], changes: Parameters<typeof openRecorded>[2] = {}) =>
  openRecorded(place(), statements, changes)

/** With that many requests above the allowance, at NOK 1 each. */
function overBy(statements: readonly Statement[], clientId: string, above: number): Statement[] {
  return statements.map(statement => {
    if (statement.clientId !== clientId) return statement
    const lines = statement.lines.filter(line => !line.item.startsWith('overage_'))
    const [template] = statement.lines.filter(line => line.item.startsWith('overage_'))
    if (template === undefined) throw new Error(`${clientId} has no overage`)
    const line = {
      ...template,
      item: 'overage_requests' as const,
      quantity: String(above),
      amountNok: `${above}.00`,
    }
    return {
      ...statement,
      meteredRequests: String(500_000 + above),
      lines: above === 0 ? lines : [...lines, line],
    }
  })
}

describe('a close', () => {
  test('opens a case for each client above its allowance, with what there is to show', async () => {
    const earlier = [
      {
        client: 'firma',
        integration: 'shop',
        timeMs: Date.parse('2026-08-31T21:59:59Z'),
        requests: 5,
        requestBytes: 6,
      },
      { client: 'firma', integration: 'web', timeMs: Date.parse('2026-08-31T21:59:59Z'), requests: 1_000 },
      { client: 'firma', integration: 'new', timeMs: Date.parse('2026-08-31T21:59:59Z'), requests: 1_000 },
      {
        client: 'firma',
        integration: 'shop',
        timeMs: Date.parse('2026-04-30T22:00:00Z'),
        requests: 2,
        requestBytes: 3,
      },
      { client: 'firma', integration: 'shop', timeMs: Date.parse('2026-04-30T21:00:00Z'), requests: 4 },
    ]
    const inOctober = [
      {
        client: 'firma',
        integration: 'shop',
        timeMs: Date.parse('2026-10-25T00:30:00Z'),
        requests: 60,
        responseBytes: 7,
      },
      { client: 'firma', integration: 'shop', timeMs: Date.parse('2026-10-25T01:30:00Z'), requests: 50 },
      { client: 'firma', integration: 'web', timeMs: Date.parse('2026-10-25T02:30:00Z'), requests: 9_000 },
    ]
    const notCounted = (['429', '5xx', '401/407'] as const).flatMap(statusClass =>
      ['2026-10-20T10:00:00Z', '2026-08-31T21:00:00Z'].map(time => {
        const timeMs = Date.parse(time)
        return { client: 'firma', integration: 'shop', timeMs, requests: 70_000, statusClass }
      }),
    )
    const uses = [...OCTOBER_USES.slice(2), ...inOctober, ...earlier, ...notCounted]
    await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses })

    const { cases } = await close()
    expect(cases).toEqual({ ...NOTHING, opened: ['firma/2026-10', 'kunde/2026-10'] })
    const firma = await readCase(place().store, 'firma/2026-10')
    expect(firma).toMatchObject({ clientName: 'Firma AS', state: 'open', sequence: 1 })
    expect(firma.steps).toEqual([
      {
        kind: 'opened',
        caseId: 'firma/2026-10',
        sequence: 1,
        month: '2026-10',
        clientName: 'Firma AS',
        at: new Date(GRACE_END_MS).toISOString(),
        actor: 'forbruk close',
        note: '',
        evidence: {
          revision: 1,
          requests: { included: '500000', used: '500111', above: '111', amountNok: '1.89' },
          transfer: null,
          proposedNok: '1.89',
          trend: [
            { month: '2026-05', requests: '2', bytes: '3' },
            { month: '2026-08', requests: '5', bytes: '6' },
            { month: '2026-09', requests: '7', bytes: '0' },
            { month: '2026-10', requests: '500111', bytes: '10' },
          ],
          integrations: [{ integrationId: 'shop', requests: '500111', bytes: '10' }],
          hours: [
            { hour: '2026-10-15T14:00+02:00', requests: '500001', bytes: '3' },
            { hour: '2026-10-25T02:00+02:00', requests: '60', bytes: '7' },
            { hour: '2026-10-25T02:00+01:00', requests: '50', bytes: '0' },
          ],
        },
      },
    ])
    expect((await readCase(place().store, 'kunde/2026-10')).months[0]?.evidence).toMatchObject({
      requests: null,
      transfer: {
        included: '30000000000',
        used: String(2n ** 61n),
        above: String(2n ** 61n - 30_000_000_000n),
      },
      proposedNok: '39199330646.63',
      hours: [{ hour: '2026-10-15T14:00+02:00', bytes: String(2n ** 61n) }],
    })
  })

  test('done again opens none, and a dry run neither', async () => {
    expect((await close({ dryRun: true })).cases).toBeNull()
    expect(await rows('SELECT * FROM dialogue_step')).toEqual([])
    await close()
    const steps = await rows('SELECT * FROM dialogue_step')
    expect(steps).toHaveLength(2)
    expect(await close()).toMatchObject({ outcome: 'unchanged', cases: NOTHING })
    expect(await rows('SELECT * FROM dialogue_step')).toEqual(steps)
  })

  test('that broke off before the cases is completed by the next', async () => {
    await expect(close({ store: failingInsert(place().store, 4) })).rejects.toThrow('the power went')
    expect(await rows('SELECT month FROM month_closes')).toEqual([{ month: '2026-10' }])
    expect(await rows('SELECT * FROM dialogue_step')).toEqual([])
    expect(await close()).toMatchObject({
      outcome: 'unchanged',
      cases: { ...NOTHING, opened: ['firma/2026-10', 'kunde/2026-10'] },
    })
  })

  test.each([1, 2])('that broke off among the cases, at step %i, is completed by the next', async nth => {
    const { statements } = await close()
    const november = { month: '2026-11' }
    const store = failingInsert(place().store, nth)
    await expect(open(statements, { ...november, store })).rejects.toThrow('the power went')
    const left = await rows("SELECT client_id FROM dialogue_step WHERE kind = 'month_added'")
    expect(left).toHaveLength(nth - 1)
    expect((await open(statements, november)).monthAdded).toHaveLength(3 - nth)
    expect(
      (await listCases(place().store, GRACE_END_MS)).map(each => [each.caseId, each.steps, each.months]),
    ).toEqual([
      ['kunde/2026-10', 2, ['2026-10', '2026-11']],
      ['firma/2026-10', 2, ['2026-10', '2026-11']],
    ])
  })

  test('opens none where overage is payable without a dialogue', async () => {
    const versions = TARIFF.versions.map(version => ({
      ...version,
      consumption: { ...version.consumption, overage: 'automatic' as const },
    }))
    expect((await close({ tariff: { ...TARIFF, versions } })).cases).toEqual(NOTHING)
    expect(await rows('SELECT * FROM dialogue_step')).toEqual([])
  })
})

describe('a month recorded later', () => {
  test('is added to the open case, and opens another once that is decided', async () => {
    const { statements } = await close()
    const november = { month: '2026-11' }
    await decide('kunde/2026-10')
    expect(await open(statements, november)).toEqual({
      opened: ['kunde/2026-11'],
      monthAdded: ['firma/2026-10'],
      evidenceChanged: [],
      exceeded: [],
    })
    expect(await open(statements, november)).toEqual(NOTHING)
    expect((await readCase(place().store, 'firma/2026-10')).months.map(each => each.month)).toEqual([
      '2026-10',
      '2026-11',
    ])
  })

  test('as another revision is told to its case: another overage, none, and none that is new', async () => {
    const { statements } = await close()
    const revise = (revision: number, above: number) => open(overBy(statements, 'firma', above), { revision })
    const changed = { ...NOTHING, evidenceChanged: ['firma/2026-10'] }
    expect(await revise(2, 7)).toEqual(changed)
    expect(await revise(2, 7)).toEqual(NOTHING)
    expect(await revise(3, 7)).toEqual(NOTHING)
    expect(await revise(4, 0)).toEqual(changed)
    // A close that was overtaken.
    expect(await revise(1, 1)).toEqual(NOTHING)
    const firma = await readCase(place().store, 'firma/2026-10')
    expect(firma.steps.map(step => step.kind)).toEqual(['opened', 'evidence_changed', 'evidence_changed'])
    expect(firma).toMatchObject({
      state: 'open',
      months: [{ evidence: { revision: 4, proposedNok: '0.00' } }],
    })
    // The client has gone altogether.
    await decide('kunde/2026-10')
    const others = statements.filter(each => each.clientId !== 'kunde')
    expect(await open(overBy(others, 'firma', 0), { revision: 5 })).toEqual({
      ...NOTHING,
      evidenceChanged: ['kunde/2026-10'],
    })
    expect(await readCase(place().store, 'kunde/2026-10')).toMatchObject({
      state: 'decided',
      months: [{ outcome: 'charge', evidence: { revision: 5, transfer: null } }],
    })
  })
})

describe('at once', () => {
  test('two closes open each case once', async () => {
    const { statements } = await close({ dryRun: true })
    const outcomes = await Promise.all([1, 2, 3].map(() => open(statements)))
    expect(outcomes.flatMap(each => each.opened).toSorted()).toEqual(['firma/2026-10', 'kunde/2026-10'])
    expect(await rows('SELECT count() AS n FROM dialogue_step')).toEqual([{ n: '2' }])
  })

  test('a close that another overtakes adds to what that has begun', async () => {
    const { statements } = await close({ dryRun: true })
    const ofFirma = statements.filter(each => each.clientId === 'firma')
    const store = beforeInsert(place().store, 'dialogue_step', async () => {
      await open(ofFirma)
    })
    expect(await open(statements, { store, month: '2026-11' })).toEqual({
      opened: ['kunde/2026-11'],
      monthAdded: ['firma/2026-10'],
      evidenceChanged: [],
      exceeded: [],
    })
    expect(
      await rows('SELECT client_id, sequence, batch FROM dialogue_step ORDER BY client_id, sequence'),
    ).toEqual([
      { client_id: 'firma', sequence: 1, batch: 1 },
      { client_id: 'firma', sequence: 2, batch: 0 },
      { client_id: 'kunde', sequence: 1, batch: 2 },
    ])
  })

  test('closes of two months come into one case', async () => {
    const { statements } = await close({ dryRun: true })
    await Promise.all(['2026-10', '2026-11'].map(month => open(statements, { month })))
    const cases = await listCases(place().store, GRACE_END_MS)
    expect(cases.map(each => [each.clientId, each.months, each.steps])).toEqual([
      ['kunde', ['2026-10', '2026-11'], 2],
      ['firma', ['2026-10', '2026-11'], 2],
    ])
  })

  test('a decision while another month is added: what came first holds, and nothing is lost', async () => {
    const closed = await close()
    const store = beforeInsert(place().store, 'dialogue_step', () => decide('firma/2026-10'))
    const statements = closed.statements.filter(each => each.clientId === 'firma')
    expect(await open(statements, { store, month: '2026-11' })).toEqual({
      ...NOTHING,
      opened: ['firma/2026-11'],
    })
    expect(
      (await listCases(place().store, GRACE_END_MS, { clientId: 'firma' })).map(each => [
        each.caseId,
        each.state,
      ]),
    ).toEqual([
      ['firma/2026-11', 'open'],
      ['firma/2026-10', 'decided'],
    ])
  })
})

async function decide(caseId: string): Promise<void> {
  const terms = { months: null, note: 'agreed by letter', withoutContact: 'they wrote' }
  const action = { kind: 'decide', outcome: 'charge', ...terms } as const
  await addStep({ store: place().store, caseId, action, actor: 'kari', clock: () => GRACE_END_MS })
}
