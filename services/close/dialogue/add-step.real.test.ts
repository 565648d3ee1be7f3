import { StoreError } from '@forbruk/infra/store/store.ts'
import type { CaseAction, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { GRACE_END_MS } from '../../../test/support/close/counted-month.ts'
import { beforeInsert } from '../../../test/support/close/disturbed-store.ts'
import { openRecorded } from '../../../test/support/close/open-recorded.ts'
import { addStep, type CaseEdit } from './add-step.ts'
import { CaseIdError } from './case-id.ts'
import { listCases } from './list-cases.ts'
import { readCase, readDialogue } from './read-dialogues.ts'
import { CaseRefusedError, CaseUnknownError } from './refusal.ts'

const { place, close, rows, countAll } = useInstallation()
const ID = 'firma/2026-10'
const CONTACT: CaseAction = { kind: 'contact', note: 'called «Firma», "they" look into\nit' }
const WAIVE: CaseAction = { kind: 'decide', outcome: 'waived', months: null, note: 'a loop in their code' }
const CHARGE: CaseAction = { ...WAIVE, outcome: 'charge', withoutContact: 'they wrote' }

let statements: readonly Statement[] = []

beforeEach(async () => {
  await countAll()
  statements = (await close()).statements
})

function add(action: CaseAction, changes: Partial<CaseEdit> = {}): Promise<DialogueCase> {
  const clock = () => GRACE_END_MS + 60_000
  return addStep({ store: place().store, caseId: ID, action, actor: 'kari', clock, ...changes })
}

/** Firma is above its allowance in November as well; answers the case that this came into. */
async function openNovember(): Promise<string> {
  const ofFirma = statements.filter(each => each.clientId === 'firma')
  const { opened, monthAdded } = await openRecorded(place(), ofFirma, { month: '2026-11' })
  return [...opened, ...monthAdded].join()
}

describe('a step', () => {
  test('is kept as it was made, and the case is what its steps come to', async () => {
    const contacted = await add(CONTACT)
    expect(contacted.steps.at(-1)).toEqual({
      kind: 'contacted',
      caseId: ID,
      sequence: 2,
      at: new Date(GRACE_END_MS + 60_000).toISOString(),
      actor: 'kari',
      note: CONTACT.note,
    })
    const decided = await add(WAIVE, { follows: 2, actor: 'ola' })
    expect(decided).toMatchObject({ state: 'decided', sequence: 3, months: [{ outcome: 'waived' }] })
    const noted = await add({ kind: 'note', note: 'they were glad' })
    expect(noted.steps.map(step => step.kind)).toEqual(['opened', 'contacted', 'decided', 'noted'])
    expect(await readCase(place().store, ID)).toEqual(noted)
  })

  test('that the case cannot take is refused, and nothing is recorded', async () => {
    await add(WAIVE)
    const before = await readCase(place().store, ID)
    await expect(add(CHARGE)).rejects.toThrow(
      new CaseRefusedError(ID, { kind: 'month_decided', month: '2026-10', outcome: 'waived' }),
    )
    await expect(add(CONTACT)).rejects.toThrow(
      /^case firma\/2026-10 stays as it is: it is decided; a note can be added, or/,
    )
    expect(await readCase(place().store, ID)).toEqual(before)
  })

  test.each([
    ['firma', CaseIdError, /^"firma" is no case id; expected a client's id and the month/],
    ['firma/2026-09', CaseUnknownError, /^there is no case firma\/2026-09: its client has firma\/2026-10$/],
    ['byrå/2026-10', CaseUnknownError, /^there is no case byrå\/2026-10: its client has none/],
  ])('in %s is wrong usage', async (caseId, kind, message) => {
    const error = await add(CONTACT, { caseId }).catch(caught => caught)
    expect(error).toBeInstanceOf(kind)
    expect(error.message).toMatch(message)
  })
})

describe('two people at work on one case', () => {
  test('whoever looked before the other is told to look again', async () => {
    const seen = (await readCase(place().store, ID)).sequence
    await add(CONTACT, { follows: seen })
    await expect(add(WAIVE, { follows: seen, actor: 'ola' })).rejects.toThrow(
      /it has changed: step 2 is its newest, expected 1; look at it again/,
    )
    expect((await readCase(place().store, ID)).steps).toHaveLength(2)
  })

  test('deciding at the same instant: one holds, each other is refused', async () => {
    const actions = [WAIVE, CHARGE, CONTACT, CHARGE, WAIVE, CONTACT]
    const outcomes = await Promise.allSettled(
      actions.map((action, index) => add(action, { actor: `p${index}` })),
    )
    const won = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [`p${index}`] : []))
    expect(won).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(CaseRefusedError)
    }
    const { steps } = await readCase(place().store, ID)
    expect(steps.map(step => step.actor)).toEqual(['forbruk close', ...won])
    expect(await rows("SELECT count() AS n FROM dialogue_step WHERE client_id = 'firma'")).toEqual([
      { n: '2' },
    ])
  })

  test('in the instant between looking and writing: the first holds', async () => {
    const store = beforeInsert(place().store, 'dialogue_step', async () => {
      await add(CONTACT, { actor: 'ola' })
    })
    await expect(add(WAIVE, { store })).rejects.toThrow(CaseRefusedError)
    expect((await readCase(place().store, ID)).steps.at(-1)).toMatchObject({
      kind: 'contacted',
      actor: 'ola',
    })
  })

  test('a step in another case of the client is no change of this one', async () => {
    await add(WAIVE)
    const next = await openNovember()
    const store = beforeInsert(place().store, 'dialogue_step', async () => {
      await add({ kind: 'note', note: 'still glad' }, { actor: 'ola' })
    })
    const contacted = await add(CONTACT, { store, caseId: next, follows: 3 })
    expect(contacted.steps.map(step => step.sequence)).toEqual([3, 5])
    expect((await readCase(place().store, ID)).steps.map(step => step.sequence)).toEqual([1, 2, 4])
  })
})

test('steps that were changed in the store are found out', async () => {
  await add(WAIVE)
  await add({ kind: 'note', note: 'x' })
  await place().store.command("DELETE FROM dialogue_step WHERE client_id = 'firma' AND sequence = 2")
  const error = await readDialogue(place().store, 'firma').catch(caught => caught)
  expect(error).toBeInstanceOf(StoreError)
  expect(error.message).toMatch(/^dialogue_step of firma is not as it was written: noted at 3 can't follow/)
})

test('the views say the same as the cases', async () => {
  await openNovember()
  await add(CONTACT)
  await add({ ...WAIVE, months: ['2026-10'] })
  const store = place().store
  const half = await listCases(store, GRACE_END_MS, { clientId: 'firma' })
  expect(half).toMatchObject([
    { state: 'open', decision: null, decidedAt: null, months: ['2026-10', '2026-11'] },
  ])
  await add(CHARGE)
  await addStep({ store, caseId: 'kunde/2026-10', action: WAIVE, actor: 'kari', clock: () => GRACE_END_MS })

  const summaries = await listCases(store, GRACE_END_MS)
  expect(summaries.map(each => each.caseId)).toEqual(['kunde/2026-10', 'firma/2026-10'])
  for (const summary of summaries)
    expect(summary).toMatchObject(summarize(await readCase(store, summary.caseId)))
  expect(summaries[1]).toMatchObject({
    overageRequests: '2',
    proposedNok: '0.04',
    chargedNok: '0.02',
    decision: 'mixed',
    decidedAt: new Date(GRACE_END_MS + 60_000).toISOString(),
  })
  expect(summaries[0]).toMatchObject({ decision: 'waived', chargedNok: '0.00' })
  expect(await listCases(store, GRACE_END_MS, { state: 'open' })).toEqual([])
  expect(
    (await listCases(store, GRACE_END_MS, { state: 'decided', month: '2026-11' })).map(each => each.caseId),
  ).toEqual([ID])
  expect(
    await rows(`SELECT case_id, sequence, kind, months, outcome, actor FROM dialogue_steps
      WHERE client_id = 'firma' ORDER BY sequence LIMIT 2 OFFSET 2`),
  ).toEqual([
    { case_id: ID, sequence: 3, kind: 'contacted', months: [], outcome: '', actor: 'kari' },
    { case_id: ID, sequence: 4, kind: 'decided', months: ['2026-10'], outcome: 'waived', actor: 'kari' },
  ])
})

function summarize(known: DialogueCase) {
  return {
    clientId: known.clientId,
    clientName: known.clientName,
    state: known.state,
    sequence: known.sequence,
    openedMonth: known.months[0]?.month,
    months: known.months.map(each => each.month),
    steps: known.steps.length,
    contacts: known.steps.filter(step => step.kind === 'contacted').length,
    openedAt: known.steps[0]?.at,
    lastStepAt: known.steps.at(-1)?.at,
  }
}
