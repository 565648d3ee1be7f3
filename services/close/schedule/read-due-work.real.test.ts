import { join } from 'node:path'
import { announceMonth } from '@forbruk/close/statements/announce.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { flushBlock, TOPIC } from '../../../test/support/close/counted-month.ts'
import { readDueWork } from './read-due-work.ts'

const { place, close, countAll } = useInstallation()
const settings = {
  schedule: { expression: '0 6 2 * *', timeZone: 'Europe/Oslo', from: parseBillingPeriod('2026-10') },
  stream: TOPIC,
  topic: 'billing.statements',
}

async function dueAt(now: string, from: BillingPeriod | null = settings.schedule.from) {
  const schedule = { ...settings.schedule, from }
  const { closes, announcements } = await readDueWork(
    place().store,
    { ...settings, schedule },
    Date.parse(now),
  )
  return { closes: closes.map(each => each.month), announcements }
}

test('by what the store holds, a month is due until it is closed, and then until it is announced', async () => {
  expect(await dueAt('2026-11-02T05:00:00Z')).toEqual({ closes: [], announcements: [] })
  await countAll()
  expect(await dueAt('2026-11-02T04:59:59Z')).toEqual({ closes: [], announcements: [] })
  expect(await dueAt('2026-11-02T05:00:00Z')).toEqual({ closes: ['2026-10'], announcements: [] })
  await close()
  expect(await dueAt('2026-11-02T05:00:00Z')).toEqual({ closes: [], announcements: ['2026-10'] })

  const log = openEmbeddedLog({
    path: join(place().folder, 'log.sqlite'),
    topic: settings.topic,
    partitionCount: 1,
    clock: () => place().clock.nowMs,
  })
  await announceMonth({
    store: place().store,
    topic: settings.topic,
    openLog: async () => log,
    month: '2026-10',
    clock: () => place().clock.nowMs,
  })
  await log.close()
  expect(await dueAt('2026-11-02T05:00:00Z')).toEqual({ closes: [], announcements: [] })
})

test.each([
  ['2001-01-01T00:00:00Z', 'nobody-knows'],
  ['2000-01-01T00:00:00Z', 'firma'],
  ['2025-11-15T00:00:00Z', 'firma'],
])(
  'a line of %s by %s makes no month due, be it the first or after a close by a person',
  async (time, client) => {
    const uses = [{ client, integration: 'shop', timeMs: Date.parse(time), requests: 1 }]
    await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 1, uses })
    expect(await dueAt('2026-12-01T00:00:00Z', null)).toEqual({ closes: [], announcements: [] })
    await place().store.command('TRUNCATE TABLE block_ledger')
    await place().store.command('TRUNCATE TABLE usage_rollup')
    await countAll()
    await close()
    await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 1, uses })
    expect(await dueAt('2026-12-01T00:00:00Z', null)).toEqual({ closes: [], announcements: ['2026-10'] })
    expect((await dueAt('2026-12-02T05:00:00Z', null)).closes).toEqual(['2026-11'])
  },
)
