import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { acceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { GRACE_END_MS, OCTOBER_START_MS, TOPIC } from '../../../test/support/close/counted-month.ts'
import { mayTouch } from './may-touch.ts'

const { place, close, refusals, countAll } = useInstallation()
const RANGE = { partition: 0, fromOffset: 5, toOffset: 9, reason: '' }

test('a gap touches the month unless what stands around it was appended before or after it', () => {
  const touches = (sinceMs: number | null, untilMs: number | null) =>
    mayTouch({ ...RANGE, sinceMs, untilMs }, OCTOBER_START_MS, GRACE_END_MS)
  expect(touches(null, null)).toBe(true)
  expect(touches(OCTOBER_START_MS - 9, OCTOBER_START_MS)).toBe(true)
  expect(touches(OCTOBER_START_MS - 9, OCTOBER_START_MS - 1)).toBe(false)
  expect(touches(GRACE_END_MS - 1, null)).toBe(true)
  expect(touches(GRACE_END_MS, null)).toBe(false)
})

test('an accepted gap keeps a month open until it is forced, and is no break of the ledger', async () => {
  await countAll()
  const { store } = place()
  const accepted = { stream: TOPIC, partition: 0, reason: 'disk died', acceptedAtMs: 1_793_900_000_000 }
  await insertValues(store, acceptedGap, [{ ...accepted, fromOffset: 6, toOffset: 8 }])
  // As if the first block had ended where the gap begins.
  const cut = 'SELECT * REPLACE (6 AS next_offset) FROM block_ledger FINAL WHERE block = 0 AND partition = 0'
  await store.command(`CREATE TABLE kept_block ENGINE = Memory AS ${cut}`)
  await store.command('DELETE FROM block_ledger WHERE block = 0 AND partition = 0')
  await store.command('INSERT INTO block_ledger SELECT * FROM kept_block')
  await store.command('DROP TABLE kept_block')
  const lacks = [
    'partition 0: offsets 6 to 7 were never counted: the log had lost them, ' +
      'and an operator gave them up (disk died); close with --force and a reason',
  ]
  expect(await refusals()).toEqual(lacks)
  const forced = await close({ force: { reason: 'agreed with the customers' } })
  expect(forced.forced).toEqual({ reason: 'agreed with the customers', lacks })
})
