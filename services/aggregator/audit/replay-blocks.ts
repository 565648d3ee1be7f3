import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { z } from 'zod'
import { Admission } from '../count/admit.ts'
import { findUnknown } from '../count/block.ts'
import { BlockProof } from '../count/block-proof.ts'
import { PartitionFold } from '../count/partition-fold.ts'
import { rememberedFrom } from '../count/window.ts'
import { restoreSources } from '../resume/restore-sources.ts'
import { type BlockRows, encodeBlock } from '../run/encode-block.ts'
import { type AuditFinding, placeOf } from './check-ledger.ts'
import type { AuditedBlock } from './stored-block.ts'

/** One broken block must not fill the screen. */
const FINDINGS_PER_BLOCK_MAX = 5

export type ReplayParts = {
  readonly store: Store
  readonly log: EventLog
  /** The newest rules that this release has. */
  readonly foldVersionMax: number
  readonly gaps: readonly AcceptedGap[]
}

/**
 * Folds each block that `isReplayed` again from the log and compares what that gives with what is stored, row by row.
 * A block that the log no longer holds is a finding as well: it can't be proved any more.
 * @param blocks all of the stream, in order
 */
export async function replayBlocks(
  parts: ReplayParts,
  blocks: readonly AuditedBlock[],
  isReplayed: (block: AuditedBlock) => boolean,
  onBlock: (replayed: number) => void,
): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = []
  const scanner = new RequestScanner()
  let replayed = 0
  for (const block of blocks.filter(isReplayed)) {
    const ofPartition = blocks.filter(other => other.partition === block.partition)
    findings.push(...(await replayBlock(parts, scanner, block, ofPartition)))
    replayed += 1
    onBlock(replayed)
  }
  return findings
}

async function replayBlock(
  { store, log, foldVersionMax, gaps }: ReplayParts,
  scanner: RequestScanner,
  block: AuditedBlock,
  ofPartition: readonly AuditedBlock[],
): Promise<AuditFinding[]> {
  const { firstOffset, nextOffset } = block
  // The stored start of a partition of which nothing was counted yet.
  if (nextOffset === firstOffset) return []
  const place = { stream: block.stream, partition: block.partition }
  const { foldVersion, blockSize, windowSize } = block
  const geometry = { foldVersion, blockSize, windowSize }
  const fail = (message: string): AuditFinding => ({
    check: 'replay_equals_stored',
    place: placeOf(block),
    message,
  })
  const unknown = findUnknown('it', geometry.foldVersion, foldVersionMax)
  if (unknown !== null) return [fail(`can't be replayed: ${unknown.message}`)]
  const gapEnds = gaps.filter(gap => gap.partition === block.partition).map(gap => gap.toOffset)
  // Nothing is remembered over a gap.
  const floor = Math.max(0, ...gapEnds.filter(offset => offset <= firstOffset))
  const earlierBlocks = ofPartition.filter(
    other => other.firstOffset < firstOffset && other.firstOffset >= floor,
  )
  const readFromOffset = rememberedFrom(
    earlierBlocks,
    firstOffset,
    block.firstAppendTimeMs,
    geometry.windowSize,
  )
  const { startOffset } = await log.bounds(block.partition)
  if (startOffset > readFromOffset) {
    return [
      fail(`can't be replayed: the log begins at offset ${startOffset}, the block needs ${readFromOffset}`),
    ]
  }
  const sources = restoreSources(await createLedgerReader(store).readSources(place, firstOffset))
  const admission = new Admission(geometry.windowSize, sources)
  const start = { foldFromOffset: firstOffset, readFromOffset, earlierBlocks, restoredBlock: null }
  const fold = new PartitionFold(
    { ...place, ...start, geometry, admission, proof: new BlockProof(place, new Map()) },
    { foldVersionMax, scanner, encode: encodeBlock },
  )
  // One more where a later block begins: it must be the record that ends this one.
  const next = ofPartition.find(other => other.firstOffset > firstOffset)
  const isComplete = next !== undefined && !gapEnds.includes(next.firstOffset)
  const toOffset = isComplete ? nextOffset + 1 : nextOffset
  for await (const batch of log.read(block.partition, readFromOffset, toOffset)) fold.foldBatch(batch)
  // At once: the log may have gone on far beyond what is counted of the block.
  const replayed = fold.takeRows(true).find(rows => rows.ledger.block === block.block)
  const messages =
    replayed === undefined ? ['the log holds nothing of it'] : await compareRows(store, block, replayed)
  return messages.slice(0, FINDINGS_PER_BLOCK_MAX).map(fail)
}

async function compareRows(
  store: Store,
  block: AuditedBlock,
  { usage, ledger }: BlockRows,
): Promise<string[]> {
  const stored = await readUsageRows(store, block)
  const messages = compareUsage(usage.flatMap(rowsOf), stored)
  if (ledger.fingerprint !== block.fingerprint) {
    messages.push(`fingerprint ${ledger.fingerprint} from the log, ${block.fingerprint} stored`)
  }
  for (const column of [
    'nextOffset',
    'records',
    'events',
    'requests',
    'duplicates',
    'rejected',
    'marks',
  ] as const) {
    if (ledger[column] !== block[column])
      messages.push(`${column}: ${ledger[column]} from the log, ${block[column]} stored`)
  }
  return messages
}

const usageShape = z.object({ key: z.string(), value: z.string() })

function readUsageRows(store: Store, block: AuditedBlock) {
  return store.query(
    `SELECT concat(client_id, '\\n', integration_id, '\\n', toString(toUnixTimestamp(hour)), '\\n',
                   toString(toUInt8(status_class))) AS key,
            concat(toString(requests), ' requests, ', toString(request_bytes), ' + ', toString(response_bytes),
                   ' bytes') AS value
     FROM usage_rollup FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block = {block:UInt64}`,
    usageShape,
    { stream: block.stream, partition: block.partition, block: block.block },
  )
}

/** Pure: what differs between the rows of a replay and the stored ones, in both directions. */
function compareUsage(
  replayed: readonly Readonly<Record<string, string | number>>[],
  stored: readonly z.infer<typeof usageShape>[],
): string[] {
  const values = new Map(stored.map(row => [row.key, row.value]))
  const messages: string[] = []
  for (const row of replayed) {
    const key = [row.client_id, row.integration_id, row.hour, row.status_class].join('\n')
    const value = `${row.requests} requests, ${row.request_bytes} + ${row.response_bytes} bytes`
    const found = values.get(key)
    values.delete(key)
    if (found !== value)
      messages.push(`${describeKey(key)}: ${value} from the log, ${found ?? 'nothing'} stored`)
  }
  for (const [key, value] of values)
    messages.push(`${describeKey(key)}: nothing from the log, ${value} stored`)
  return messages
}

function describeKey(key: string): string {
  const [client, integration, hour, statusClass] = key.split('\n')
  const time = new Date(Number(hour) * 1000).toISOString().slice(0, 13)
  return `client ${client}, integration ${integration || '(none)'}, hour ${time}Z, status ${statusClass}xx`
}
