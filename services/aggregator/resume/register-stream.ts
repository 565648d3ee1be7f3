import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { stream as streamTable } from '@forbruk/infra/store/tables/stream.ts'
import { encodeStreamVersion } from '@forbruk/schemas/wire/encode.ts'
import type { SignRecord } from '@forbruk/schemas/wire/sign-record.ts'
import {
  FOLD_VERSION_UNSIGNED,
  findUnknown,
  firstGeometry,
  type StreamGeometry,
  type StreamRules,
} from '../count/block.ts'
import { appendControls } from './append-controls.ts'

/** Who may change how a stream is counted: whoever holds its key, which is made when it is registered. */
type RegisterParts = {
  readonly ledger: Pick<LedgerReader, 'readStream' | 'readStandings'>
  readonly store: Pick<Store, 'insert'>
  readonly log: Pick<EventLog, 'topic' | 'partitionCount' | 'append'>
  readonly openKey: () => Promise<{ readonly sign: SignRecord }>
  readonly clock: () => number
}

/**
 * Records a new stream, and has one that is counted with an older fold version go on with ours: by a record in each
 * partition's log, before which the open block ends. So the change stands where every process, of whatever release, and
 * every replay finds it; appending it again changes nothing. The version that release 0.2.0 stops at is said without a
 * signature, and the key is made after that: what is signed stands behind it. Answers the geometry that a partition
 * begins with, which never changes. Throws StoreError when the log's partitions are not the stored ones, and
 * FoldVersionError when the stream has gone on to a version that is newer than ours.
 */
export async function registerStream(
  { ledger, store, log, openKey, clock }: RegisterParts,
  ours: StreamRules,
): Promise<StreamGeometry> {
  const { topic, partitionCount } = log
  const stored = await ledger.readStream(topic)
  if (stored === null) {
    await insertValues(store, streamTable, [{ ...ours, stream: topic, partitionCount }])
    return firstGeometry(ours)
  }
  if (stored.partitionCount !== partitionCount) {
    throw new StoreError(
      `the stream ${topic} was counted with ${stored.partitionCount} partitions, and now it has ${partitionCount}: ` +
        `its figures would not be comparable. Go back to ${stored.partitionCount}, or count under another topic name ` +
        `or into an empty store.`,
      'STREAM_CHANGED',
    )
  }
  const standings = await ledger.readStandings(topic)
  const versions = Array.from(
    { length: partitionCount },
    (_, of) => standings.get(of)?.foldVersion ?? stored.foldVersion,
  )
  const unknown = findUnknown(`the stream ${topic}`, Math.max(...versions), ours.foldVersion)
  if (unknown !== null) throw unknown
  const payload = encodeStreamVersion(ours)
  const behind = [...versions.keys()].filter(partition => (versions[partition] ?? 0) < ours.foldVersion)
  if (behind.length > 0 && ours.foldVersion <= FOLD_VERSION_UNSIGNED) {
    await log.append(behind.map(partition => ({ value: payload, to: { partition } })))
  } else if (behind.length > 0) {
    const { sign } = await openKey()
    await appendControls(
      { ledger, log, sign, clock },
      behind.map(partition => ({ partition, payload })),
    )
  }
  return firstGeometry(stored)
}
