import { setTimeout as wait } from 'node:timers/promises'
import { readWaiting } from '@forbruk/close/waiting/read-waiting.ts'
import { watchWaiting } from '@forbruk/close/waiting/watch-waiting.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import type { Parts } from './open-parts.ts'

type ReaderSettings = Pick<Config, 'log' | 'closeFrom'>

/** @param timeZone of the tariff */
export function waitingReader(
  store: Store,
  { log, closeFrom }: ReaderSettings,
  timeZone: string,
): (nowMs: number) => Promise<Waiting[]> {
  return nowMs => readWaiting({ store, stream: log.topic, timeZone, from: closeFrom }, nowMs)
}

/** Logs what waits for a person until it is disposed of. */
export async function startWaitingWatch(parts: Parts, timeZone: string): Promise<AsyncDisposable> {
  const { config, logger } = parts
  const stop = new AbortController()
  const { signal } = stop
  const watching = watchWaiting({
    read: waitingReader(await parts.store(), config, timeZone),
    clock: Date.now,
    sleep: ms => wait(ms, undefined, { signal }).catch(() => {}),
    signal,
    logger,
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await watching
    },
  }
}
