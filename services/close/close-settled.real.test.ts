import { expect, test } from 'vitest'
import { useInstallation } from '../../test/support/close/close-october.ts'
import { TOPIC } from '../../test/support/close/counted-month.ts'

const { place, countAll, rows, close } = useInstallation()

const SETTLEMENT = '6f1c2c52-3a0e-4a86-9d0c-1c9f4a0b7d11'

test('a close reads no settled sums: false ones change nothing of it', async () => {
  await countAll()
  const { store } = place()
  await store.command(`INSERT INTO usage_settled
    VALUES ('${SETTLEMENT}', '${TOPIC}', 'firma', '2026-10-01', 'shop', '2xx', 777777, 7, 7)`)
  await store.command(`INSERT INTO usage_settled_day
    VALUES ('${SETTLEMENT}', '${TOPIC}', '2026-10-15', 777777, 7, 7)`)
  await store.command(`INSERT INTO usage_settlement (stream, sequence, cut, months)
    VALUES ('${TOPIC}', 1, [8, 0], [('2026-10-01', '${SETTLEMENT}', 1, 777777, 7, 7, 0)])`)
  const shown = `SELECT toString(sum(requests)) AS requests FROM usage_monthly
    WHERE client_id = 'firma' AND month = '2026-10'`
  // Whoever looks at the month is shown them: the close alone isn't.
  expect(await rows(shown)).toEqual([{ requests: '777777' }])
  await close()
  expect(
    await rows(`SELECT toString(requests) AS requests FROM statements WHERE client_id = 'firma'`),
  ).toEqual([{ requests: '500041' }])
})
