import { EventLogError, LogUnavailableError } from '@forbruk/infra/log/event-log.ts'
import { expect, test } from 'vitest'
import { rejection } from '../../../../test/support/wait/rejection.ts'
import { awaitLog } from './await-log.ts'

const away = () => new LogUnavailableError('no answer. Brokers: 127.0.0.1:1')

/** A log that is there at that attempt, and a clock that only sleeping moves. */
function waitFor(attempts: number, error: () => Error, signal = new AbortController().signal) {
  const reasons: string[] = []
  const delays: number[] = []
  let nowMs = 0
  let attempt = 0
  const parts = {
    log: async () => {
      attempt += 1
      if (attempt < attempts) throw error()
      return 'opened'
    },
    logger: { warn: ({ reason }: { reason: string }) => void reasons.push(reason) },
  }
  const time = {
    clock: () => nowMs,
    sleep: async (delayMs: number) => {
      delays.push(delayMs)
      nowMs += delayMs
    },
  }
  return { waiting: awaitLog(parts, signal, time), reasons, delays }
}

test('brokers that are away at the start are waited for, and it is said who they are', async () => {
  const { waiting, reasons, delays } = waitFor(7, away)
  expect(await waiting).toBe('opened')
  expect(new Set(reasons)).toEqual(new Set(['no answer. Brokers: 127.0.0.1:1']))
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
})

test('not for ever', async () => {
  const { waiting, delays } = waitFor(1_000, away)
  expect(await rejection(waiting)).toBeInstanceOf(LogUnavailableError)
  const waitedMs = delays.reduce((sum, delayMs) => sum + delayMs, 0)
  expect(waitedMs).toBeGreaterThanOrEqual(300_000)
  expect(waitedMs).toBeLessThan(315_000)
})

test('what waiting does not mend is said at once', async () => {
  const { waiting, reasons } = waitFor(2, () => new EventLogError('the password is wrong'))
  expect(await rejection(waiting)).toMatchObject({ message: 'the password is wrong' })
  expect(reasons).toEqual([])
})

test('a process that is told to end meanwhile ends', async () => {
  expect(await waitFor(2, away, AbortSignal.abort()).waiting).toBeNull()
})
