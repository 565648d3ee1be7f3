import { setTimeout } from 'node:timers/promises'
import { CompressionTypes, type Producer } from 'kafkajs'
import { EventLogError } from '../event-log.ts'
import type { PlacedRecord } from '../place-records.ts'
import { isTransient } from './explain-error.ts'

/** A partition's share of one request: Kafka takes it as one record batch. */
export type Share = { readonly partition: number; readonly records: readonly PlacedRecord[] }

/** The most that Kafka's format (v2) adds to a key and value, and to a batch of them. */
const RECORD_OVERHEAD_BYTES = 32
const BATCH_OVERHEAD_BYTES = 61

/** Longer than Kafka takes to give up a replica that died, with its own settings. */
const SEND_TIMEOUT_MS = 14_000
/** Brokers may be away, restarting, for about 50 s; once one leads again, what waits is sent within half a second. */
const SEND_ATTEMPTS_MAX = 200
const PAUSE_MS = 250

/** Cuts each partition's records into batches that Kafka takes, and lines them up in requests of one batch each. */
export function splitIntoRequests(
  placed: ReadonlyMap<number, readonly PlacedRecord[]>,
  recordBatchBytesMax: number,
): Share[][] {
  const requests: Share[][] = []
  for (const [partition, records] of placed) {
    cutIntoBatches(records, recordBatchBytesMax).forEach((batch, index) => {
      const share = { partition, records: batch }
      const request = requests[index]
      if (request) request.push(share)
      else requests.push([share])
    })
  }
  return requests
}

function cutIntoBatches(records: readonly PlacedRecord[], recordBatchBytesMax: number): PlacedRecord[][] {
  const batches: PlacedRecord[][] = []
  let batch: PlacedRecord[] = []
  let bytes = BATCH_OVERHEAD_BYTES
  for (const record of records) {
    const recordBytes = RECORD_OVERHEAD_BYTES + record.value.length + (record.key?.length ?? 0)
    if (batch.length > 0 && bytes + recordBytes > recordBatchBytesMax) {
      batches.push(batch)
      batch = []
      bytes = BATCH_OVERHEAD_BYTES
    }
    batch.push(record)
    bytes += recordBytes
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

/**
 * Resolves once every share has been acknowledged by all in-sync replicas. kafkajs may resolve without having sent a
 * share whose leader moved to a broker that had answered before, so each acknowledgement is looked for. A share that
 * was appended but whose acknowledgement was lost is appended twice. Where an attempt fails nobody can tell of which
 * share, so that from then on each goes by itself: those that can be appended are not again with every attempt.
 */
export async function sendRequest(
  producer: Pick<Producer, 'send'>,
  topic: string,
  request: readonly Share[],
  pause: (durationMs: number) => Promise<unknown> = setTimeout,
): Promise<void> {
  let unsent = [request]
  for (let attempt = 1; ; attempt += 1) {
    const outcomes = await Promise.allSettled(unsent.map(shares => trySend(producer, topic, shares)))
    const failed = outcomes.flatMap(outcome => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value.unsent.length === 0 ? [] : [outcome.value]
    })
    const [first] = failed
    if (first === undefined) return
    if (attempt === SEND_ATTEMPTS_MAX) throw first.reason
    unsent = failed.flatMap(outcome => outcome.unsent.map(share => [share]))
    await pause(PAUSE_MS)
  }
}

type Outcome = { readonly unsent: readonly Share[]; readonly reason: unknown }

/** Throws what a repetition can't mend. */
async function trySend(
  producer: Pick<Producer, 'send'>,
  topic: string,
  shares: readonly Share[],
): Promise<Outcome> {
  try {
    const answers = await producer.send({
      topic,
      acks: -1,
      timeout: SEND_TIMEOUT_MS,
      compression: CompressionTypes.None,
      messages: shares.flatMap(({ partition, records }) => records.map(record => ({ ...record, partition }))),
    })
    const acknowledged = new Set(answers.map(answer => answer.partition))
    const unsent = shares.filter(share => !acknowledged.has(share.partition))
    const partitions = unsent.map(share => share.partition).join(', ')
    return {
      unsent,
      reason: new EventLogError(`Kafka acknowledged nothing of partition ${partitions} of "${topic}".`),
    }
  } catch (error) {
    if (!isTransient(error)) throw error
    return { unsent: shares, reason: error }
  }
}

/** kafkajs's partitioner: every message names its partition, which was chosen before, as both logs choose it. */
export function namedPartition({ message }: { message: { partition?: number } }): number {
  if (message.partition === undefined)
    throw new EventLogError('A message without a partition was to be sent.')
  return message.partition
}
