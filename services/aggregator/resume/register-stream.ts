import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { countedPartitions } from '@forbruk/infra/ledger/stream.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { stream as streamTable } from '@forbruk/infra/store/tables/stream.ts'
import { encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import { findUnknown, firstGeometry, type StreamGeometry, type StreamRules } from '../count/block.ts'
import { appendStreamRecords } from './append-stream-records.ts'

export type Registered = {
  /** Those that are counted: the topic may have more, until the log says that the stream has grown. */
  readonly partitionCount: number
  /** Those that the stream was begun with. */
  readonly firstCount: number
  /** The geometry that a partition begins with, which never changes. */
  readonly ofNewPartition: (partition: number) => StreamGeometry
}

type RegisterLedger = Pick<LedgerReader, 'readStream' | 'readStandings' | 'readGrowths'>

/**
 * Records a new stream, and has one that is counted with an older fold version go on with ours: by a record in each
 * partition's log, before which the open block ends. So the change stands where every process, of whatever release, and
 * every replay finds it; appending it again changes nothing. Throws StoreError when the log has fewer partitions than
 * are counted, and FoldVersionError when the stream has gone on to a version that is newer than ours.
 */
export async function registerStream(
  ledger: RegisterLedger,
  store: Pick<Store, 'insert'>,
  log: Pick<EventLog, 'topic' | 'partitionCount' | 'append' | 'bounds'>,
  ours: StreamRules,
): Promise<Registered> {
  const { topic } = log
  const stored = await ledger.readStream(topic)
  if (stored === null) {
    const { partitionCount } = log
    await insertValues(store, streamTable, [{ ...ours, stream: topic, partitionCount }])
    return { partitionCount, firstCount: partitionCount, ofNewPartition: () => firstGeometry(ours) }
  }
  const growths = await ledger.readGrowths(topic)
  const partitionCount = countedPartitions(stored, growths)
  // What the log knows of its partitions may be older than the record that names them.
  if (log.partitionCount < partitionCount) await log.bounds(0)
  if (log.partitionCount < partitionCount) throw tooFew(topic, partitionCount, log.partitionCount)
  const ofNewPartition = (partition: number): StreamGeometry => {
    const growth = growths.find(each => each.partitionCount > partition)
    if (partition < stored.partitionCount || growth === undefined) return firstGeometry(stored)
    return { ...firstGeometry(growth), partitionCount: growth.partitionCount }
  }
  const standings = await ledger.readStandings(topic)
  const versions = Array.from(
    { length: partitionCount },
    (_, of) => standings.get(of)?.foldVersion ?? ofNewPartition(of).foldVersion,
  )
  const unknown = findUnknown(`the stream ${topic}`, Math.max(...versions), ours.foldVersion)
  if (unknown !== null) throw unknown
  const value = encodeStreamVersion(ours)
  const behind = [...versions.keys()].filter(partition => (versions[partition] ?? 0) < ours.foldVersion)
  await appendStreamRecords(
    log,
    behind.map(partition => ({ partition, value })),
  )
  return { partitionCount, firstCount: stored.partitionCount, ofNewPartition }
}

function tooFew(topic: string, counted: number, found: number): StoreError {
  return new StoreError(
    `the stream ${topic} was counted with ${counted} partitions, and now it has ${found}: a topic can only get more, ` +
      'so this is another one. Count it under another topic name or into an empty store.',
    'STREAM_CHANGED',
  )
}
