import { countedPartitions } from '@forbruk/infra/ledger/blocks/stream.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { stream as streamTable } from '@forbruk/infra/store/tables/stream.ts'
import { encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import type { SignRecord } from '@forbruk/schemas/wire/sign-record.ts'
import { findUnknown, firstGeometry, type StreamGeometry, type StreamRules } from '../count/block.ts'
import { appendControls, type Control } from './append-controls.ts'

/** Who may change how a stream is counted: whoever holds its key, which is made when it is registered. */
export type RegisterParts = {
  readonly ledger: Pick<LedgerReader, 'readStream' | 'readStandings' | 'readGrowths'>
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'partitionCount' | 'append' | 'bounds'>
  readonly openKey: () => Promise<{ readonly sign: SignRecord }>
  /** The last version that needs no signature. */
  readonly unsignedVersion: StreamRules
  readonly clock: () => number
}

export type Registered = {
  /** Those that are counted: the topic may have more, until the log says that the stream has grown. */
  readonly partitionCount: number
  /** The geometry that a partition begins with, which never changes. */
  readonly ofNewPartition: (partition: number) => StreamGeometry
  /** What is to be said so that all of them are counted by our version. */
  readonly lacking: Lacking
}

/** An old partition knows of signatures only behind the version that needs none. */
type Lacking = { readonly unsigned: readonly number[]; readonly versions: readonly Control[] }

/**
 * Records a new stream, and has one that is counted with an older fold version go on with ours: by a record in each
 * partition's log, before which the open block ends. So the change stands where every process, of whatever release, and
 * every replay finds it; appending it again changes nothing. Throws what `findRegistered` throws.
 */
export async function registerStream(parts: RegisterParts, ours: StreamRules): Promise<Registered> {
  const registered = await findRegistered(parts, ours)
  await sayBehindVersion(parts, registered, [])
  return registered
}

/**
 * Says our version where it was not said yet, and behind it what else is to be said. The version that release 0.2.0
 * stops at is said without a signature, and the key is made after that: what is signed stands behind it.
 */
export async function sayBehindVersion(
  parts: RegisterParts,
  { lacking: { unsigned, versions } }: Pick<Registered, 'lacking'>,
  controls: readonly Control[],
): Promise<void> {
  const value = encodeStreamVersion(parts.unsignedVersion)
  if (unsigned.length > 0) await parts.log.append(unsigned.map(partition => ({ value, to: { partition } })))
  const signed = [...versions, ...controls]
  if (signed.length === 0) return
  const { sign } = await parts.openKey()
  await appendControls({ ...parts, sign }, signed)
}

/**
 * The stream as it is registered, which a new one is here. Throws StoreError when the log has fewer partitions than are
 * counted, and FoldVersionError when the stream has gone on to a version that is newer than ours.
 */
export async function findRegistered(parts: RegisterParts, ours: StreamRules): Promise<Registered> {
  const { ledger, store, log } = parts
  const { topic } = log
  const stored = await ledger.readStream(topic)
  if (stored === null) {
    const { partitionCount } = log
    await insertValues(store, streamTable, [{ ...ours, stream: topic, partitionCount }])
    const lacking = { unsigned: [], versions: [] }
    return { partitionCount, ofNewPartition: () => firstGeometry(ours), lacking }
  }
  const growths = await ledger.readGrowths(topic)
  const partitionCount = countedPartitions(stored, growths)
  // What the log knows of its partitions may be older than the record that names them.
  if (log.partitionCount < partitionCount) await log.bounds(0)
  if (log.partitionCount < partitionCount) throw tooFew(topic, partitionCount, log.partitionCount)
  const ofNewPartition = (partition: number): StreamGeometry => {
    const growth = growths.find(each => each.partitionCount > partition)
    if (partition < stored.partitionCount || growth === undefined) return firstGeometry(stored)
    // The least that has this one: which growths were counted by now is not the same for everybody who asks.
    return { ...firstGeometry(growth), partitionCount: partition + 1 }
  }
  const standings = await ledger.readStandings(topic)
  const versions = Array.from(
    { length: partitionCount },
    (_, of) => standings.get(of)?.foldVersion ?? ofNewPartition(of).foldVersion,
  )
  const unknown = findUnknown(`the stream ${topic}`, Math.max(...versions), ours.foldVersion)
  if (unknown !== null) throw unknown
  const lacking = findLacking(versions, ours, parts.unsignedVersion)
  return { partitionCount, ofNewPartition, lacking }
}

function findLacking(versions: readonly number[], ours: StreamRules, unsigned: StreamRules): Lacking {
  const isLast = ours.foldVersion <= unsigned.foldVersion
  const behind = (version: number) =>
    [...versions.keys()].filter(partition => (versions[partition] ?? 0) < version)
  const payload = encodeStreamVersion(ours)
  return {
    unsigned: behind(isLast ? ours.foldVersion : unsigned.foldVersion),
    versions: isLast ? [] : behind(ours.foldVersion).map(partition => ({ partition, payload })),
  }
}

function tooFew(topic: string, counted: number, found: number): StoreError {
  return new StoreError(
    `the stream ${topic} was counted with ${counted} partitions, and now it has ${found}: a topic can only get more, ` +
      'so this is another one. Count it under another topic name or into an empty store.',
    'STREAM_CHANGED',
  )
}
