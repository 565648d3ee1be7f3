import { readUsageRows } from '@forbruk/infra/ledger/blocks.ts'
import { readSeenFiles } from '@forbruk/infra/ledger/source-files.ts'
import { type EventLog, UnreadableRecordsError } from '@forbruk/infra/log/event-log.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { UsageRollupRow } from '@forbruk/infra/store/tables/usage-rollup.ts'
import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { Admission } from '../count/admit.ts'
import { findUnknown, geometryOf } from '../count/block.ts'
import { BlockProof } from '../count/block-proof.ts'
import { judgeTime } from '../count/judge-time.ts'
import type { WordParts } from '../count/judge-word.ts'
import { PartitionFold } from '../count/partition-fold.ts'
import { rememberedFrom } from '../count/window.ts'
import { restoreSources } from '../resume/restore-sources.ts'
import { type BlockRows, encodeBlock } from '../run/encode-block.ts'
import { type AuditFinding, placeOf } from './check-ledger.ts'

/** One broken block must not fill the screen. */
const FINDINGS_PER_BLOCK_MAX = 5

type ReplayParts = {
  readonly store: Store
  readonly log: EventLog
  /** The newest rules that this release has. */
  readonly foldVersionMax: number
  readonly gaps: readonly AcceptedGap[]
  readonly words: WordParts
}

type Replay = {
  readonly findings: readonly AuditFinding[]
  /** Blocks. */
  readonly replayed: number
  readonly givenUp: number
}

/**
 * Folds each block that `isReplayed` again from the log and compares what that gives with what is stored, row by row.
 * A block that the log no longer holds is a finding as well, since it can't be proved any more; but not one that lies
 * before an accepted gap: that was given up with it.
 * @param blocks all of the stream, in order
 */
export async function replayBlocks(
  parts: ReplayParts,
  blocks: readonly LedgerBlock[],
  isReplayed: (block: LedgerBlock) => boolean,
  onBlock: (done: number) => void,
): Promise<Replay> {
  const findings: AuditFinding[] = []
  const scanner = new RequestScanner()
  let [replayed, givenUp, done] = [0, 0, 0]
  for (const block of blocks.filter(isReplayed)) {
    const ofPartition = blocks.filter(other => other.partition === block.partition)
    const outcome = await replayBlock(parts, scanner, block, ofPartition)
    if (outcome === 'given_up') givenUp += 1
    else {
      replayed += 1
      findings.push(...outcome)
    }
    done += 1
    onBlock(done)
  }
  return { findings, replayed, givenUp }
}

async function replayBlock(
  { store, log, foldVersionMax, gaps, words }: ReplayParts,
  scanner: RequestScanner,
  block: LedgerBlock,
  ofPartition: readonly LedgerBlock[],
): Promise<AuditFinding[] | 'given_up'> {
  const { firstOffset, nextOffset } = block
  // The stored start of a partition of which nothing was counted yet.
  if (nextOffset === firstOffset) return []
  const place = { stream: block.stream, partition: block.partition }
  const geometry = geometryOf(block)
  const fail = (message: string): AuditFinding => ({
    check: 'replay_equals_stored',
    place: placeOf(block),
    message,
  })
  const unknown = findUnknown('it', geometry.foldVersion, foldVersionMax)
  if (unknown !== null) return [fail(`can't be replayed: ${unknown.message}`)]
  const gapsHere = gaps.filter(gap => gap.partition === block.partition)
  const gapEnds = gapsHere.map(gap => gap.toOffset)
  const lacks = (reason: string) =>
    gapsHere.some(gap => gap.fromOffset >= nextOffset) ? 'given_up' : [fail(`can't be replayed: ${reason}`)]
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
    return lacks(`the log begins at offset ${startOffset}, the block needs ${readFromOffset}`)
  }
  const sources = restoreSources(await readSeenFiles(store, place, firstOffset))
  const admission = new Admission(geometry.windowSize, sources)
  const start = { foldFromOffset: firstOffset, readFromOffset, earlierBlocks, restoredBlock: null }
  const fold = new PartitionFold(
    { ...place, ...start, geometry, admission, proof: new BlockProof(place, new Map()) },
    { ...words, foldVersionMax, scanner, judge: judgeTime, encode: encodeBlock },
  )
  // One more where a later block begins: it must be the record that ends this one.
  const next = ofPartition.find(other => other.firstOffset > firstOffset)
  const isComplete = next !== undefined && !gapEnds.includes(next.firstOffset)
  const toOffset = isComplete ? nextOffset + 1 : nextOffset
  try {
    for await (const batch of log.read(block.partition, readFromOffset, toOffset)) fold.foldBatch(batch)
  } catch (error) {
    if (error instanceof UnreadableRecordsError) return lacks(error.message)
    throw error
  }
  // At once: the log may have gone on far beyond what is counted of the block.
  const replayed = fold.takeRows(true).find(rows => rows.ledger.block === block.block)
  const messages =
    replayed === undefined ? ['the log holds nothing of it'] : await compareRows(store, block, replayed)
  return messages.slice(0, FINDINGS_PER_BLOCK_MAX).map(fail)
}

async function compareRows(
  store: Store,
  block: LedgerBlock,
  { usage, ledger }: BlockRows,
): Promise<string[]> {
  const stored = await readUsageRows(store, block, block.block)
  const messages = compareUsage(usage.flatMap(rowsOf).map(toUse), stored)
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
    'identities',
    'identitySum',
  ] as const) {
    if (ledger[column] !== block[column])
      messages.push(`${column}: ${ledger[column]} from the log, ${block[column]} stored`)
  }
  return messages
}

type Use = Pick<UsageRollupRow, 'clientId' | 'integrationId' | 'hourMs' | 'statusClass'>
type Figures = Pick<UsageRollupRow, 'requests' | 'requestBytes' | 'responseBytes'>

/** Pure: what differs between the rows of a replay and the stored ones, in both directions. */
function compareUsage(replayed: readonly (Use & Figures)[], stored: readonly (Use & Figures)[]): string[] {
  const rest = new Map(stored.map(row => [keyOf(row), row]))
  const messages: string[] = []
  for (const row of replayed) {
    const found = rest.get(keyOf(row))
    rest.delete(keyOf(row))
    const [figures, foundFigures] = [describeFigures(row), found ? describeFigures(found) : 'nothing']
    if (figures !== foundFigures)
      messages.push(`${describeUse(row)}: ${figures} from the log, ${foundFigures} stored`)
  }
  for (const row of rest.values())
    messages.push(`${describeUse(row)}: nothing from the log, ${describeFigures(row)} stored`)
  return messages
}

/** A row of a flush, as it goes to the store. */
function toUse(row: Readonly<Record<string, string | number | bigint>>): Use & Figures {
  const number = (column: string) => Number(row[column])
  return {
    clientId: String(row.client_id),
    integrationId: String(row.integration_id),
    hourMs: number('hour') * 1_000,
    statusClass: STATUS_CLASSES[number('status_class')] ?? '0xx',
    requests: BigInt(number('requests')),
    requestBytes: BigInt(number('request_bytes')),
    responseBytes: BigInt(number('response_bytes')),
  }
}

function keyOf({ clientId, integrationId, hourMs, statusClass }: Use): string {
  return [clientId, integrationId, hourMs, statusClass].join('\n')
}

function describeUse({ clientId, integrationId, hourMs, statusClass }: Use): string {
  const hour = new Date(hourMs).toISOString().slice(0, 13)
  return `client ${clientId}, integration ${integrationId || '(none)'}, hour ${hour}Z, status ${statusClass}`
}

function describeFigures({ requests, requestBytes, responseBytes }: Figures): string {
  return `${requests} requests, ${requestBytes} + ${responseBytes} bytes`
}
