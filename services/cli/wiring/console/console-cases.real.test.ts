import { describe, expect, test } from 'vitest'
import { useInstallation } from '../../../../test/support/close/close-october.ts'
import { CLOSE, expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, countAll } = useInstallation()
const { open, get, post } = useConsole(place)

describe('cases', () => {
  const CASE = `/v1/cases/${encodeURIComponent('firma/2026-10')}`
  const note = { kind: 'note', note: 'They <b>asked</b> for the log.' }

  test('are listed, read, and take steps that say which step they follow', async () => {
    await countAll()
    await open()
    await post(CLOSE)
    const list = await (await get('/v1/cases?state=open')).json()
    expect(list).toMatchObject({
      cases: expect.arrayContaining([expect.objectContaining({ caseId: 'firma/2026-10' })]),
    })
    expect(await (await get(CASE)).json()).toMatchObject({
      sequence: 1,
      state: 'open',
      steps: [{ kind: 'opened' }],
    })

    const first = await post(`${CASE}/steps`, { actor: 'Kari', expectedSequence: 1, action: note })
    expect(await first.json()).toMatchObject({
      sequence: 2,
      steps: [{}, { kind: 'noted', actor: 'Kari', note: note.note }],
    })
    const second = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 1, action: note })
    expect(await expectProblem(second, 409, 'case_refused')).toMatchObject({
      refusal: { kind: 'case_changed', follows: 1, found: 2 },
    })
    const decide = { kind: 'decide', outcome: 'charge', months: null, note: 'Agreed.' }
    const silent = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action: decide })
    expect(await expectProblem(silent, 409, 'case_refused')).toMatchObject({
      refusal: { kind: 'not_contacted' },
    })
    const both = { ...decide, withoutContact: 'They wrote.', amountNok: '0.01', sharePercent: '50' }
    const wrong = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action: both })
    await expectProblem(wrong, 422, 'question_unclear')
    const action = { ...decide, withoutContact: 'They wrote.', sharePercent: '50' }
    const third = await post(`${CASE}/steps`, { actor: 'Ola', expectedSequence: 2, action })
    expect(await third.json()).toMatchObject({ state: 'decided', months: [{ outcome: 'charge' }] })
    expect(await (await post(CLOSE)).json()).toMatchObject({ outcome: 'revised', revision: 2, announced: 3 })
  })

  test('that there are not, and steps that are none, are told so', async () => {
    await open()
    await expectProblem(await get('/v1/cases/nobody%2F2026-10'), 404, 'not_found')
    await expectProblem(await get('/v1/cases/nobody'), 404, 'not_found')
    const step = { actor: 'Kari', expectedSequence: 1, action: note }
    await expectProblem(await post(`${CASE}/steps`, step), 404, 'not_found')
    for (const wrong of [{ actor: '' }, { expectedSequence: undefined }, { action: { kind: 'erase' } }]) {
      await expectProblem(await post(`${CASE}/steps`, { ...step, ...wrong }), 400, 'request_malformed')
    }
  })
})
