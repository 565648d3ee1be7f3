import { setTimeout as wait } from 'node:timers/promises'
import { compareRegistries } from '@forbruk/close/registry/compare-registries.ts'
import { exceptionSumsReader } from '@forbruk/close/revision/read-exception-sums.ts'
import type { Uncounted } from '@forbruk/close/waiting/list-waiting.ts'
import { readWaiting, type WaitingLook } from '@forbruk/close/waiting/read-waiting.ts'
import { watchWaiting } from '@forbruk/close/waiting/watch-waiting.ts'
import { readGrowths } from '@forbruk/infra/ledger/blocks/progress.ts'
import { countedPartitions, readStream } from '@forbruk/infra/ledger/blocks/stream.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { Parts } from '../parts/open-parts.ts'
import { readTariffFile } from '../parts/read-tariff-file.ts'

type ReaderSettings = Pick<Config, 'log' | 'statementsTopic' | 'closeSchedule' | 'closeFrom' | 'tariffPath'>

/** @param tariffAtStart what is looked with while its file has mistakes, which the close that needs it names */
export function waitingReader(
  store: Store,
  { log, statementsTopic, closeSchedule: expression, closeFrom: from, tariffPath }: ReaderSettings,
  tariffAtStart: Tariff,
  openLog: () => Promise<EventLog>,
): (nowMs: number) => Promise<WaitingLook> {
  const kept = { isSameRegistry: compareRegistries(store), readExceptionSums: exceptionSumsReader(store) }
  return async nowMs => {
    const tariff = await readTariffFile(tariffPath).catch(() => tariffAtStart)
    const schedule = { expression, timeZone: tariff.timeZone, from }
    const uncounted = await findUncounted(store, await openLog())
    const options = { store, stream: log.topic, statementsTopic, schedule, tariff, ...kept, uncounted }
    return readWaiting(options, nowMs)
  }
}

/** What the log knew when it was asked last: whoever watches its partitions asks every other second. */
async function findUncounted(store: Store, log: EventLog): Promise<Uncounted | null> {
  const [stored, growths] = await Promise.all([readStream(store, log.topic), readGrowths(store, log.topic)])
  if (stored === null) return null
  const counted = countedPartitions(stored, growths)
  const partitions = log.partitionCount
  return partitions > counted ? { counted, partitions } : null
}

/** Logs what waits for a person until it is disposed of. */
export async function startWaitingWatch(parts: Parts, tariff: Tariff): Promise<AsyncDisposable> {
  const { config, logger } = parts
  const stop = new AbortController()
  const { signal } = stop
  const read = waitingReader(await parts.store(), config, tariff, () => parts.log())
  const watching = watchWaiting({
    read: async nowMs => (await read(nowMs)).waiting,
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
