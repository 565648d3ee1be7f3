import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../test/support/close/close-october.ts'
import {
  appendRecords,
  flushBlock,
  flushLedger,
  flushUsage,
  GRACE_END_MS,
  OCTOBER_USES,
} from '../../test/support/close/counted-month.ts'
import { interruptedReading } from '../../test/support/close/disturbed-store.ts'

const { place, close, refusals, countAll } = useInstallation()

describe('while an aggregator is at work', () => {
  beforeEach(countAll)
  const grown = {
    partition: 0,
    block: 1,
    nextOffset: 12,
    uses: [...OCTOBER_USES.slice(2), { client: 'kunde', integration: 'web', requests: 1_000 }],
  }

  test('figures and cut belong together: a flush in between makes it read again', async () => {
    await appendRecords(place().log, 0, 1)
    await flushLedger(place().store, { ...grown, uses: OCTOBER_USES.slice(2) })
    await appendRecords(place().log, 0, 1)
    const store = interruptedReading(place().store, async reading => {
      if (reading === 1) await flushBlock(place().store, { ...grown, nextOffset: 13 })
    })
    const result = await close({ store })
    expect(result.summary.requests).toBe('501044')
    expect(result.cut).toEqual([{ partition: 0, nextOffset: 13 }])
  })

  test('usage that no ledger row vouches for is never read', async () => {
    await flushUsage(place().store, grown)
    const bytes = '1152921504606846976 + 1152921504606846976 bytes'
    expect(await refusals({ force: { reason: 'even so' } })).toEqual([
      `usage and block ledger differ (partition 0, block 8: ledger 19 requests, ${bytes}, usage 1019 requests, ` +
        `${bytes}); let forbruk aggregate catch up, then close again`,
    ])
  })

  test('flushes of other months do not disturb it', async () => {
    const november = { client: 'firma', integration: 'shop', timeMs: GRACE_END_MS, requests: 1 }
    let flushes = 0
    const store = interruptedReading(place().store, async () => {
      flushes += 1
      await flushBlock(place().store, { partition: 1, block: 0, nextOffset: flushes, uses: [november] })
    })
    expect((await close({ store })).outcome).toBe('closed')
    expect(flushes).toBe(1)
  })
})
