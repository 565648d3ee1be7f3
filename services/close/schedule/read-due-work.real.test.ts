import { join } from 'node:path'
import { announceMonth } from '@forbruk/close/statements/announce.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import { TOPIC } from '../../../test/support/close/counted-month.ts'
import { readDueWork } from './read-due-work.ts'

const { place, close, countAll } = useInstallation()
const settings = {
  schedule: { expression: '0 6 2 * *', timeZone: 'Europe/Oslo' },
  stream: TOPIC,
  topic: 'billing.statements',
}

async function dueAt(now: string) {
  const { closes, announcements } = await readDueWork(place().store, settings, Date.parse(now))
  return { closes: closes.map(each => each.month), announcements }
}

test('by what the store holds, a month is due until it is closed, and then until it is announced', async () => {
  expect(await dueAt('2026-11-02T05:00:00Z')).toEqual({ closes: [], announcements: [] })
  await countAll()
  // Counting began in September's last hour.
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
