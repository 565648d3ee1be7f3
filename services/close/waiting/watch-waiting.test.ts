import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { describeFinding } from './describe-finding.ts'
import { watchWaiting } from './watch-waiting.ts'

const open = (month: string) => describeFinding({ kind: 'month_open', month })
const later = (revision: number) => describeFinding({ kind: 'later_usage', month: '2026-10', revision })

/** What is logged of each look. */
async function watch(looks: readonly (readonly Waiting[] | Error)[]): Promise<string[][]> {
  const stop = new AbortController()
  const logged: string[][] = [[]]
  let look = 0
  await watchWaiting({
    async read(nowMs) {
      expect(nowMs).toBe(look * 300_000)
      const found = looks[look] ?? []
      if (found instanceof Error) throw found
      return found
    },
    clock: () => look * 300_000,
    async sleep(ms) {
      expect(ms).toBe(300_000)
      look += 1
      if (look === looks.length) stop.abort()
      else logged.push([])
    },
    signal: stop.signal,
    logger: pino({ level: 'info', base: null }, { write: text => logged.at(-1)?.push(JSON.parse(text).msg) }),
  })
  return logged
}

test('each finding is logged once, and again when it has changed or come back', async () => {
  const OPEN = '2026-11 is over and not closed'
  const LATER = 'usage of 2026-10 was counted after r1 was closed'
  expect(
    await watch([
      [open('2026-11')],
      [open('2026-11'), later(1)],
      [later(1)],
      [],
      [later(2), open('2026-11')],
    ]),
  ).toEqual([[OPEN], [LATER], [], [], [LATER.replace('r1', 'r2'), OPEN]])
})

test('a look that fails is said, and forgets nothing', async () => {
  expect(await watch([[open('2026-11')], new Error('the store is away'), [open('2026-11')]])).toEqual([
    ['2026-11 is over and not closed'],
    ['what waits for a person could not be found out; asked again in 5 minutes'],
    [],
  ])
})
