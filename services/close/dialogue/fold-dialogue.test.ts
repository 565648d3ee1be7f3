import {
  type CaseAction,
  type CaseStep,
  type DialogueCase,
  type Evidence,
  OUTCOMES,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Dialogue, emptyDialogue, findOpenCase, takeStep } from './fold-dialogue.ts'
import { judgeTerms } from './judge-terms.ts'
import { planOpening } from './plan-opening.ts'
import { describeCaseRefusal } from './refusal.ts'
import { toEvent } from './to-event.ts'

const CLIENT = 'acme/oslo'

function evidence(above: number, revision = 1): Evidence {
  const amountNok = `${above}.00`
  const requests =
    above === 0 ? null : { included: '9', used: String(9 + above), above: String(above), amountNok }
  return {
    revision,
    requests,
    transfer: null,
    proposedNok: amountNok,
    trend: [],
    integrations: [],
    hours: [],
  }
}

/** What the close does with a month, at the level of values. */
function closeMonth(dialogue: Dialogue, month: string, above: number, revision = 1): Dialogue {
  const found = evidence(above, revision)
  const planned = planOpening(dialogue, month, revision, found)
  if (planned === null) return dialogue
  return accept(dialogue, {
    ...frame(dialogue, planned.caseId),
    kind: planned.kind,
    month,
    clientName: 'Acme',
    evidence: found,
  })
}

function act(dialogue: Dialogue, known: DialogueCase, action: CaseAction) {
  return takeStep(dialogue, { ...frame(dialogue, known.caseId), ...toEvent(known, action) })
}

function frame(dialogue: Dialogue, caseId: string) {
  const at = '2026-11-02T08:00:00.000Z'
  return { sequence: dialogue.sequence + 1, caseId, at, actor: 'kari', note: 'a note' }
}

function accept(dialogue: Dialogue, step: CaseStep): Dialogue {
  const taken = takeStep(dialogue, step)
  if (!taken.ok) throw new Error(describeCaseRefusal(taken.refusal))
  return taken.dialogue
}

function decide(
  dialogue: Dialogue,
  outcome: (typeof OUTCOMES)[number],
  months: string[] | null = null,
): Dialogue {
  const taken = act(dialogue, lastCase(dialogue), { kind: 'decide', outcome, months, note: 'a note' })
  if (!taken.ok) throw new Error(describeCaseRefusal(taken.refusal))
  return taken.dialogue
}

function lastCase(dialogue: Dialogue): DialogueCase {
  const known = dialogue.cases.at(-1)
  if (known === undefined) throw new Error('no case')
  return known
}

describe('the life of a case', () => {
  const opened = closeMonth(emptyDialogue(CLIENT), '2026-10', 5)

  test('is opened for a month, and named after it', () => {
    expect(opened.cases).toMatchObject([
      {
        caseId: 'acme/oslo/2026-10',
        state: 'open',
        sequence: 1,
        months: [{ month: '2026-10', outcome: null }],
      },
    ])
  })

  test('a further month is added to it; after the decision the next opens another', () => {
    const two = closeMonth(opened, '2026-11', 7)
    expect(two.cases).toMatchObject([{ state: 'open', months: [{ month: '2026-10' }, { month: '2026-11' }] }])
    const next = closeMonth(decide(two, 'charge'), '2026-12', 1)
    expect(next.cases).toMatchObject([
      { state: 'decided', months: [{ outcome: 'charge' }, { outcome: 'charge' }] },
      { caseId: 'acme/oslo/2026-12', state: 'open' },
    ])
  })

  test('is decided by month, and only then as a whole', () => {
    const one = decide(closeMonth(opened, '2026-11', 7), 'waived', ['2026-10'])
    expect(lastCase(one)).toMatchObject({ state: 'open', months: [{ outcome: 'waived' }, { outcome: null }] })
    expect(lastCase(decide(one, 'charge'))).toMatchObject({
      state: 'decided',
      months: [{ outcome: 'waived' }, { outcome: 'charge' }],
    })
  })

  test('the same month again changes nothing; another revision is told, also when nothing is left of it', () => {
    expect(closeMonth(opened, '2026-10', 5)).toBe(opened)
    expect(closeMonth(opened, '2026-10', 5, 2)).toBe(opened)
    const more = closeMonth(opened, '2026-10', 6, 2)
    expect(lastCase(more).steps.map(step => step.kind)).toEqual(['opened', 'evidence_changed'])
    // A close that was overtaken comes late.
    expect(closeMonth(more, '2026-10', 5)).toBe(more)
    const gone = closeMonth(more, '2026-10', 0, 3)
    expect(lastCase(gone)).toMatchObject({
      state: 'open',
      sequence: 3,
      months: [{ evidence: { requests: null } }],
    })
    const less = closeMonth(decide(more, 'waived'), '2026-10', 2, 3)
    expect(less.cases).toMatchObject([
      { state: 'decided', months: [{ outcome: 'waived', evidence: { revision: 3 } }] },
    ])
  })

  test('is open again where a revision has more than was decided; the decision stands for what it covered', () => {
    const decided = decide(opened, 'waived')
    const exceeded = closeMonth(decided, '2026-10', 9, 2)
    expect(lastCase(exceeded)).toMatchObject({
      state: 'open',
      months: [
        {
          outcome: null,
          decisions: [{ outcome: 'waived', covered: { requests: '5', proposedNok: '5.00' } }],
        },
      ],
    })
    expect(closeMonth(exceeded, '2026-10', 9, 2)).toBe(exceeded)
    expect(lastCase(decide(exceeded, 'charge')).months).toMatchObject([
      {
        outcome: 'charge',
        decisions: [
          { outcome: 'waived' },
          {
            outcome: 'charge',
            covered: { requests: '9', requestsNok: '9.00', proposedNok: '4.00', revision: 2 },
          },
        ],
      },
    ])
    // Beside another that is open; the next month comes into the newer one.
    const both = closeMonth(closeMonth(closeMonth(decided, '2026-11', 1), '2026-10', 9, 2), '2026-12', 1)
    expect(both.cases).toMatchObject([
      { state: 'open', months: [{ month: '2026-10' }] },
      { state: 'open', months: [{ month: '2026-11' }, { month: '2026-12' }] },
    ])
  })

  test('is taken back, and decided anew as if it never was', () => {
    const exceeded = closeMonth(decide(opened, 'waived'), '2026-10', 9, 2)
    const reopen: CaseAction = { kind: 'reopen', months: null, note: 'the wrong client' }
    const taken = act(decide(exceeded, 'charge'), lastCase(exceeded), reopen)
    if (!taken.ok) throw new Error(describeCaseRefusal(taken.refusal))
    expect(lastCase(taken.dialogue)).toMatchObject({
      state: 'open',
      months: [{ outcome: null, decisions: [] }],
    })
    expect(lastCase(decide(taken.dialogue, 'charge')).months[0]?.decisions).toMatchObject([
      { outcome: 'charge', covered: { requests: '9', proposedNok: '9.00', agreedNok: null } },
    ])
    const refused = act(opened, lastCase(opened), reopen)
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'month_undecided', month: '2026-10' } })
  })

  test.each([
    [{ sharePercent: '33.3' }, '1.67'],
    [{ amountNok: '2.5' }, '2.50'],
    [{}, null],
  ])('%j is agreed on', (terms, agreedNok) => {
    const decision = { kind: 'decide', outcome: 'charge', months: null, note: 'x', ...terms } as const
    const event = toEvent(lastCase(opened), decision)
    expect(event).toMatchObject({ covers: [{ proposedNok: '5.00', agreedNok }] })
    expect(judgeTerms(lastCase(opened), decision, event)).toEqual({ kind: 'not_contacted' })
    const withReason = { ...decision, withoutContact: 'they wrote' }
    expect(judgeTerms(lastCase(opened), withReason, toEvent(lastCase(opened), withReason))).toBeNull()
  })

  test('an amount above what is proposed, or of several months, is refused, and so is a contact from before', () => {
    const judge = (dialogue: Dialogue, amountNok: string | null) => {
      const decision = { kind: 'decide', outcome: 'charge', months: null, note: 'x', amountNok } as const
      return judgeTerms(lastCase(dialogue), decision, toEvent(lastCase(dialogue), decision))
    }
    const contacted = act(opened, lastCase(opened), { kind: 'contact', note: 'x' })
    if (!contacted.ok) throw new Error('refused')
    expect(judge(contacted.dialogue, '5.00')).toBeNull()
    expect(judge(contacted.dialogue, '5.01')).toEqual({
      kind: 'amount_above',
      month: '2026-10',
      proposedNok: '5.00',
    })
    expect(judge(closeMonth(contacted.dialogue, '2026-11', 1), '1')).toMatchObject({
      kind: 'amount_of_months',
    })
    expect(judge(closeMonth(decide(contacted.dialogue, 'charge'), '2026-10', 9, 2), null)).toEqual({
      kind: 'not_contacted',
    })
  })

  test('a decision from before decisions had a bound covers what the case knew then', () => {
    const step = {
      ...frame(opened, 'acme/oslo/2026-10'),
      kind: 'decided',
      outcome: 'charge',
      months: ['2026-10'],
    } as const
    expect(accept(opened, { ...step, covers: [], sharePercent: null, withoutContact: null })).toEqual(
      decide(opened, 'charge'),
    )
    // A newer revision had been told without a new question: the next close asks, by the same evidence.
    const told = {
      ...frame(decide(opened, 'charge'), 'acme/oslo/2026-10'),
      kind: 'evidence_changed',
    } as const
    const before = accept(decide(opened, 'charge'), { ...told, month: '2026-10', evidence: evidence(9, 2) })
    expect(lastCase(before).state).toBe('decided')
    expect(lastCase(closeMonth(before, '2026-10', 9, 2)).state).toBe('open')
  })

  test.each<[string, CaseAction, string]>([
    [
      'a contact after the decision',
      { kind: 'contact', note: 'x' },
      'it is decided; a note can be added, or it can be reopened',
    ],
    [
      'a second decision',
      { kind: 'decide', outcome: 'charge', months: null, note: 'x' },
      '2026-10 is decided already: waived, reduced usage agreed',
    ],
    [
      'a decision over a month of no concern',
      { kind: 'decide', outcome: 'charge', months: ['2026-09'], note: 'x' },
      '2026-09 is not in it; its months are 2026-10',
    ],
  ])('%s is refused', (_what, action, reason) => {
    const decided = decide(opened, 'reduced_usage')
    const taken = act(decided, lastCase(decided), action)
    expect(taken.ok ? null : describeCaseRefusal(taken.refusal)).toBe(reason)
  })

  test('steps out of turn, of an unknown case, or for a second open case are refused', () => {
    const step = { ...frame(opened, 'acme/oslo/2026-10'), kind: 'noted', followUp: null } as const
    const opening = { kind: 'opened', month: '2026-11', clientName: 'Acme', evidence: evidence(1) } as const
    const reasons = [
      { ...step, sequence: 1 },
      { ...step, sequence: 3 },
      { ...step, caseId: 'acme/oslo/2026-09' },
      { ...frame(opened, 'acme/oslo/2026-11'), ...opening },
    ].map(each => takeStep(opened, each))
    expect(reasons).toMatchObject([
      { ok: false, refusal: { kind: 'sequence_wrong', expected: 2, found: 1 } },
      { ok: false, refusal: { kind: 'sequence_wrong', expected: 2, found: 3 } },
      { ok: false, refusal: { kind: 'case_unknown' } },
      { ok: false, refusal: { kind: 'another_open', openCaseId: 'acme/oslo/2026-10' } },
    ])
  })
})

describe('whatever is asked, in whatever order', () => {
  const months = ['2026-08', '2026-09', '2026-10', '2026-11']
  const command = fc.oneof(
    fc.record({
      close: fc.constantFrom(...months),
      above: fc.nat(2),
      revision: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({
      pick: fc.nat(),
      action: fc.oneof(
        fc.constant<CaseAction>({ kind: 'contact', note: 'x' }),
        fc.constant<CaseAction>({ kind: 'note', note: 'x' }),
        fc.constant<CaseAction>({ kind: 'reopen', months: null, note: 'x' }),
        fc.record({
          kind: fc.constant<'decide'>('decide'),
          outcome: fc.constantFrom(...OUTCOMES),
          months: fc.option(fc.subarray(months, { minLength: 1 })),
          note: fc.constant('x'),
        }),
      ),
    }),
  )
  type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

  function run(dialogue: Dialogue, given: Command): Dialogue {
    if ('close' in given) return closeMonth(dialogue, given.close, given.above, given.revision)
    const known = dialogue.cases[given.pick % Math.max(1, dialogue.cases.length)]
    if (known === undefined) return dialogue
    const taken = act(dialogue, known, given.action)
    return taken.ok ? taken.dialogue : dialogue
  }

  test('no month is in two cases, no decision is undone but by a person, and the steps alone give the same', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), commands => {
        let dialogue = emptyDialogue(CLIENT)
        for (const given of commands) {
          const before = dialogue
          dialogue = run(dialogue, given)
          checkValid(dialogue)
          if (!('pick' in given && given.action.kind === 'reopen')) checkNothingUndone(before, dialogue)
        }
        const steps = dialogue.cases.flatMap(each => each.steps).toSorted((a, b) => a.sequence - b.sequence)
        expect(steps.map(step => step.sequence)).toEqual(steps.map((_, index) => index + 1))
        expect(steps.reduce(accept, emptyDialogue(CLIENT))).toEqual(dialogue)
      }),
    )
  })

  const isQuestion = ({ kind }: CaseStep) => kind === 'exceeded' || kind === 'reopened'

  function checkValid(dialogue: Dialogue): void {
    const open = dialogue.cases.filter(each => each.state === 'open')
    expect(findOpenCase(dialogue)).toBe(open.at(-1) ?? null)
    const questions = dialogue.cases.flatMap(({ steps }) => steps.filter(isQuestion))
    expect(open.length).toBeLessThanOrEqual(1 + questions.length)
    const inCases = dialogue.cases.flatMap(each => each.months.map(({ month }) => month))
    expect(new Set(inCases).size).toBe(inCases.length)
    for (const each of dialogue.cases) {
      expect(each.caseId).toBe(`${CLIENT}/${each.months[0]?.month}`)
      expect(each.state === 'decided').toBe(each.months.every(({ outcome }) => outcome !== null))
      const [first] = each.steps
      expect(first?.kind === 'opened' && (first.evidence.requests ?? first.evidence.transfer) !== null).toBe(
        true,
      )
    }
  }

  function checkNothingUndone(before: Dialogue, after: Dialogue): void {
    for (const [index, earlier] of before.cases.entries()) {
      const later = after.cases[index]
      expect(later?.steps.slice(0, earlier.steps.length)).toEqual(earlier.steps)
      for (const [
        place,
        { month, outcome, evidence: known, decisions: decided },
      ] of earlier.months.entries()) {
        expect(later?.months[place]?.month).toBe(month)
        expect(later?.months[place]?.evidence.revision).toBeGreaterThanOrEqual(known.revision)
        const decisions = later?.months[place]?.decisions
        expect(decisions?.slice(0, decided.length)).toEqual(decided)
        const isMore =
          Number(later?.months[place]?.evidence.proposedNok) > Number(decided.at(-1)?.covered.requestsNok)
        if (outcome !== null) expect(later?.months[place]?.outcome).toBe(isMore ? null : outcome)
      }
    }
  }
})
