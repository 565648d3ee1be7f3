import { setTimeout } from 'node:timers/promises'
import { rangeError } from '../check-range.ts'
import { EventLogError, type LogBounds, LogUnavailableError, type RecordBatch } from '../event-log.ts'
import type { FetchClient, Fetched } from './fetch-client.ts'
import { toRecordBatch } from './positions.ts'

const PROGRESS_TIMEOUT_MS = 60_000
const RETRY_MS = 250

type ReadSource = {
  readonly topic: string
  readonly fetchBounds: (partition: number) => Promise<LogBounds>
  readonly client: Pick<FetchClient, 'connect' | 'leaderOf' | 'fetch' | 'refresh'>
}

export async function* readKafka(
  source: ReadSource,
  partition: number,
  fromOffset: number,
  toOffset: number,
): AsyncGenerator<RecordBatch> {
  const { topic } = source
  const error = rangeError({ topic, partition }, fromOffset, toOffset, await source.fetchBounds(partition))
  if (error) throw error
  for (let nextOffset = fromOffset; nextOffset < toOffset; ) {
    const { batch, range } = await fetchNext(source, partition, nextOffset, toOffset)
    const { batch: records, unreadable } = toRecordBatch(batch, range)
    const wanted = cutAt(records, toOffset)
    nextOffset = wanted.nextOffset
    yield wanted
    if (unreadable !== null && nextOffset < toOffset) throw unreadable
  }
}

/** Waits out brokers that are away, or that have another leader; bounded, since the records are known to be there. */
async function fetchNext(
  { topic, client }: ReadSource,
  partition: number,
  offset: number,
  toOffset: number,
): Promise<Fetched> {
  const deadlineMs = performance.now() + PROGRESS_TIMEOUT_MS
  while (performance.now() < deadlineMs) {
    try {
      await client.connect()
      const [fetched] = await client.fetch(client.leaderOf(partition), [{ partition, offset }])
      if (fetched !== undefined) return fetched
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      if (performance.now() + RETRY_MS > deadlineMs) throw error
      await setTimeout(RETRY_MS)
      await client.refresh().catch(() => {})
    }
  }
  throw new EventLogError(
    `Reading partition ${partition} of "${topic}" stands at offset ${offset} of ${toOffset}: nothing came ` +
      `for ${PROGRESS_TIMEOUT_MS / 1_000} s. Is a transaction of another producer open there?`,
  )
}

function cutAt(batch: RecordBatch, toOffset: number): RecordBatch {
  if (batch.nextOffset <= toOffset) return batch
  const records = batch.records.filter(record => record.offset < toOffset)
  return { ...batch, records, nextOffset: toOffset }
}
