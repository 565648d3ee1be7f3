import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { TARIFF, useInstallation } from '../../../test/support/close/close-october.ts'
import { flushBlock, GRACE_END_MS, OCTOBER_USES } from '../../../test/support/close/counted-month.ts'
import { beforeInsert } from '../../../test/support/close/disturbed-store.ts'
import { forgetSeals } from '../../../test/support/close/forget-seals.ts'
import { addStep } from './add-step.ts'
import { listCases } from './list-cases.ts'
import { readCase } from './read-dialogues.ts'

const { place, close, rows, countAll } = useInstallation()
const ID = 'firma/2026-10'
beforeEach(countAll)

async function decide(
  outcome: Outcome,
  terms: { amountNok?: string; sharePercent?: string } = {},
): Promise<void> {
  const reason = outcome === 'charge' ? { withoutContact: 'they wrote' } : {}
  const action = { kind: 'decide', outcome, months: null, note: 'agreed', ...reason, ...terms } as const
  await addStep({ store: place().store, caseId: ID, action, actor: 'kari', clock: () => GRACE_END_MS })
}

const overageOf = (revision: number) =>
  rows(`SELECT item, amount_nok, status FROM statement_lines
    WHERE month = '2026-10' AND revision = ${revision} AND client_id = 'firma' AND item LIKE 'overage%'`)
const amountsOf = (revision: number) =>
  rows(`SELECT status, amount_nok, payable_nok, proposed_nok FROM statements
    WHERE month = '2026-10' AND revision = ${revision} AND client_id = 'firma'`)

describe('rating, row 6', () => {
  test("Overage is proposed, and a dialogue case opened; it becomes payable by the case's decision", async () => {
    expect(await close()).toMatchObject({ outcome: 'closed', cases: { opened: [ID, 'kunde/2026-10'] } })
    expect(await overageOf(1)).toEqual([{ item: 'overage_requests', amount_nok: '0.02', status: 'proposed' }])
    expect(await amountsOf(1)).toEqual([
      { status: 'proposed', amount_nok: '149.02', payable_nok: '149', proposed_nok: '0.02' },
    ])

    await decide('charge')
    const revised = await close()
    expect(revised).toMatchObject({
      outcome: 'revised',
      revision: 2,
      decisions: [{ clientId: 'firma', outcome: 'charge' }],
      cases: { opened: [], monthAdded: [], evidenceChanged: [], exceeded: [] },
    })
    expect(revised.adjustments.map(each => each.clientId)).toEqual(['firma'])
    expect(await overageOf(2)).toEqual([{ item: 'overage_requests', amount_nok: '0.02', status: 'payable' }])
    expect(await amountsOf(2)).toEqual([
      { status: 'payable', amount_nok: '149.02', payable_nok: '149.02', proposed_nok: '0' },
    ])
    // What was said before stands as it was.
    expect(await overageOf(1)).toEqual([{ item: 'overage_requests', amount_nok: '0.02', status: 'proposed' }])
    expect(await close()).toMatchObject({ outcome: 'unchanged', revision: 2 })
    expect((await readCase(place().store, ID)).steps.map(step => step.kind)).toEqual(['opened', 'decided'])
  })

  test.each(['waived', 'reduced_usage'] as const)('or waived: %s', async outcome => {
    await close()
    await decide(outcome)
    expect(await close()).toMatchObject({ outcome: 'revised', revision: 2 })
    expect(await overageOf(2)).toEqual([{ item: 'overage_requests', amount_nok: '0.02', status: 'waived' }])
    expect(await amountsOf(2)).toEqual([
      { status: 'payable', amount_nok: '149', payable_nok: '149', proposed_nok: '0' },
    ])
  })

  test('a decision made while the month is closed again is in the revision after it', async () => {
    await close()
    const versions = TARIFF.versions.map(version => ({ ...version, note: 'another' }))
    const tariff = { ...TARIFF, versions }
    const store = beforeInsert(place().store, 'statement', () => decide('charge'))
    expect(await close({ store, tariff, accept: ['tariff'] })).toMatchObject({
      outcome: 'revised',
      revision: 2,
      decisions: [],
    })
    expect(await overageOf(2)).toMatchObject([{ status: 'proposed' }])
    expect(await close({ tariff })).toMatchObject({ outcome: 'revised', revision: 3 })
    expect(await overageOf(3)).toMatchObject([{ status: 'payable' }])
  })
})

describe('more than was decided', () => {
  /** Of October's uses, the block that holds them is counted again with as many requests more. */
  async function countMore(requests: number): Promise<void> {
    const late = { client: 'firma', integration: 'shop', timeMs: GRACE_END_MS - 86_400_000 * 3, requests }
    const uses = [...OCTOBER_USES.slice(2), late]
    await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses })
  }
  const changesOf = (revision: number) =>
    rows(`SELECT arrayMap(each -> (each.cause, toString(each.payable_nok)), changes) AS changes
      FROM month_closes WHERE revision = ${revision}`)

  test.each([
    ['charge', 'payable', '149.02'],
    ['waived', 'waived', '149'],
  ] as const)('is a new question: %s', async (outcome, status, payable) => {
    await close()
    await decide(outcome)
    await close()
    await countMore(20_000)
    const revised = await close()
    expect(revised).toMatchObject({
      outcome: 'revised',
      revision: 3,
      cases: { opened: [], monthAdded: [], evidenceChanged: [], exceeded: [ID] },
    })
    expect(await overageOf(3)).toEqual([
      { item: 'overage_requests', amount_nok: '0.02', status },
      { item: 'overage_requests', amount_nok: '340', status: 'proposed' },
    ])
    expect(await amountsOf(3)).toMatchObject([
      { status: 'proposed', payable_nok: payable, proposed_nok: '340' },
    ])
    expect(revised.changes).toMatchObject([{ cause: 'usage', amountNok: '340.00', payableNok: '0.00' }])
    const reopened = await readCase(place().store, ID)
    expect(reopened).toMatchObject({ state: 'open', months: [{ outcome: null, decisions: [{ outcome }] }] })
    expect(reopened.steps.map(step => step.kind)).toEqual(['opened', 'decided', 'exceeded'])
    expect(await close()).toMatchObject({ outcome: 'unchanged', cases: { exceeded: [] } })
    expect(await listCases(place().store, GRACE_END_MS, { clientId: 'firma' })).toMatchObject([
      { state: 'open', decision: null, chargedNok: outcome === 'charge' ? '0.02' : '0.00' },
    ])

    await decide('charge')
    expect((await readCase(place().store, ID)).steps.at(-1)).toMatchObject({
      covers: [
        { month: '2026-10', revision: 3, requests: '20001', requestsNok: '340.02', proposedNok: '340.00' },
      ],
    })
    expect(await close()).toMatchObject({ outcome: 'revised', revision: 4 })
    expect(await amountsOf(4)).toMatchObject([{ status: 'payable', proposed_nok: '0' }])
    expect(await changesOf(4)).toEqual([{ changes: [['decision', '340']] }])
    expect(await listCases(place().store, GRACE_END_MS, { clientId: 'firma' })).toMatchObject([
      {
        state: 'decided',
        decision: outcome === 'charge' ? 'charge' : 'mixed',
        chargedNok: outcome === 'charge' ? '340.02' : '340.00',
      },
    ])
  })

  test('as a store has it whose decisions had no bound, is found by the next close', async () => {
    await close()
    await decide('charge')
    await close()
    await place().store.command(
      "ALTER TABLE dialogue_step UPDATE covers = [] WHERE kind = 'decided' SETTINGS mutations_sync = 2",
    )
    await place().store.command(
      'ALTER TABLE month_close UPDATE decided = [] WHERE 1 SETTINGS mutations_sync = 2',
    )
    await forgetSeals(place().store)
    expect(await close()).toMatchObject({ outcome: 'unchanged', revision: 2, cases: { exceeded: [] } })
    expect((await readCase(place().store, ID)).steps.at(-1)).toMatchObject({
      covers: [{ revision: 1, requests: '1', requestsNok: '0.02', proposedNok: '0.02' }],
    })
    expect(await listCases(place().store, GRACE_END_MS, { clientId: 'firma' })).toMatchObject([
      { chargedNok: '0.02' },
    ])
    await countMore(20_000)
    const revised = await close()
    expect(revised).toMatchObject({ revision: 3, cases: { exceeded: [ID] } })
    expect(revised.changes).toMatchObject([{ cause: 'usage', amountNok: '340.00', payableNok: '0.00' }])
  })
})

describe('a decision that was wrong', () => {
  const reopen = () => {
    const action = { kind: 'reopen', months: null, note: 'it was their own monitor' } as const
    return addStep({ store: place().store, caseId: ID, action, actor: 'ola', clock: () => GRACE_END_MS })
  }
  const listed = async () =>
    (await listCases(place().store, GRACE_END_MS + 3 * 86_400_000, { clientId: 'firma' }))[0]

  test('is taken back and made anew; the revisions say so, and the list what is on no statement yet', async () => {
    await close()
    expect(await listed()).toMatchObject({
      ...{ payerId: 'byrå', payerName: 'Byrå AS', partnerId: 'byrå', ageDays: 3, followUp: null },
      ...{ openNok: '0.02', notOnStatement: [], lastContactAt: null },
    })
    await decide('charge')
    expect(await listed()).toMatchObject({ openNok: '0.00', notOnStatement: ['2026-10'] })
    await close()
    expect(await listed()).toMatchObject({ notOnStatement: [], chargedNok: '0.02' })
    await reopen()
    expect(await listed()).toMatchObject({
      ...{ state: 'open', decision: null, chargedNok: '0.00', openNok: '0.02', notOnStatement: ['2026-10'] },
    })
    const note = { kind: 'note', note: 'call again', followUp: '2026-11-20' } as const
    await addStep({ store: place().store, caseId: ID, action: note, actor: 'ola', clock: () => GRACE_END_MS })
    await decide('waived')
    expect(await listed()).toMatchObject({ decision: 'waived', chargedNok: '0.00', followUp: '2026-11-20' })
    expect(await close()).toMatchObject({
      revision: 3,
      adjustments: [{ causes: [{ cause: 'decision', detail: 'charge to waived', payableNok: '-0.02' }] }],
    })
  })

  test.each([
    [{ amountNok: '0.01' }, '149.01'],
    [{ sharePercent: '50' }, '149.01'],
  ])('part of the amount is agreed on: %j', async (terms, payable) => {
    await close()
    await decide('charge', terms)
    expect(await listed()).toMatchObject({ chargedNok: '0.01' })
    expect(await close()).toMatchObject({ outcome: 'revised', revision: 2 })
    expect(await amountsOf(2)).toMatchObject([{ status: 'payable', payable_nok: payable, proposed_nok: '0' }])
    expect(
      await rows(
        "SELECT detail, quantity, amount_nok FROM statement_lines WHERE revision = 2 AND item = 'overage_requests'",
      ),
    ).toMatchObject([{ detail: 'Requests above 500000, amount agreed', quantity: '1', amount_nok: '0.01' }])
    // What was agreed on is not news to the case.
    expect(await close()).toMatchObject({
      outcome: 'unchanged',
      cases: { evidenceChanged: [], exceeded: [] },
    })
  })
})
