import type { Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { TARIFF, useInstallation } from '../../../test/support/close/close-october.ts'
import { GRACE_END_MS } from '../../../test/support/close/counted-month.ts'
import { beforeInsert } from '../../../test/support/close/disturbed-store.ts'
import { addStep } from './add-step.ts'
import { readCase } from './read-dialogues.ts'

const { place, close, rows, countAll } = useInstallation()
const ID = 'firma/2026-10'
beforeEach(countAll)

async function decide(outcome: Outcome): Promise<void> {
  const action = { kind: 'decide', outcome, months: null, note: 'agreed by telephone' } as const
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
      cases: { opened: [], monthAdded: [], evidenceChanged: [] },
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
    expect(await close({ store, tariff })).toMatchObject({ outcome: 'revised', revision: 2, decisions: [] })
    expect(await overageOf(2)).toMatchObject([{ status: 'proposed' }])
    expect(await close({ tariff })).toMatchObject({ outcome: 'revised', revision: 3 })
    expect(await overageOf(3)).toMatchObject([{ status: 'payable' }])
  })
})
