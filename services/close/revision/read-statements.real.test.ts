import { describe, expect, test } from 'vitest'
import { useInstallation, withAccessPrice } from '../../../test/support/close/close-october.ts'
import { EVERY_PAYER } from './of-close.ts'
import { readLatestRevision } from './read-revision.ts'
import { readAdjustments, readStatements } from './read-statements.ts'

const { place, close, countAll } = useInstallation()

async function latest() {
  const revision = await readLatestRevision(place().store, '2026-10')
  if (revision === null) throw new Error('2026-10 is not closed')
  return revision
}

const DEARER = withAccessPrice('150.5')

describe('what a close recorded', () => {
  test('reads as it was rated, to the last field', async () => {
    await countAll()
    const { statements } = await close()
    expect(statements.length).toBeGreaterThan(2)
    expect(await readStatements(place().store, await latest())).toEqual(statements)
  })

  test('reads by neighbouring payers as those of the whole', async () => {
    await countAll()
    const { statements } = await close()
    const payer = { first: 'byrå', last: 'byrå' }
    const ofPayer = statements.filter(each => each.payerId === 'byrå')
    expect(ofPayer.map(each => each.clientId)).toEqual(['byrå', 'firma'])
    expect(await readStatements(place().store, await latest(), payer)).toEqual(ofPayer)
  })

  test('reads with the adjustments it was explained by', async () => {
    await countAll()
    await close()
    const { adjustments } = await close({ tariff: DEARER, accept: ['tariff'] })
    expect(adjustments.map(each => each.adjustmentNok)).toEqual(['1.50', '1.50'])
    expect(await readAdjustments(place().store, await latest(), EVERY_PAYER)).toEqual(adjustments)
  })
})
