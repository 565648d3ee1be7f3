import { Admission, SourceFiles } from '@forbruk/aggregator/count/admit.ts'
import { DEFAULT_GEOMETRY, FOLD_VERSION, UNSIGNED_VERSION } from '@forbruk/aggregator/count/block.ts'
import { BlockProof, type CountedBlock } from '@forbruk/aggregator/count/block-proof.ts'
import { judgeTime } from '@forbruk/aggregator/count/judge-time.ts'
import { PartitionFold, type ResumePoint } from '@forbruk/aggregator/count/partition-fold.ts'
import { type BlockRows, encodeBlock } from '@forbruk/aggregator/run/encode-block.ts'
import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { TEST_KEY } from './stream-key.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const BLOCK_SIZE = DEFAULT_GEOMETRY.blockSize
export const OCTOBER_MS = Date.UTC(2026, 9, 1)
const PLACE = { stream: 't', partition: 0 }
const scanner = new RequestScanner()

export function request(fields: Partial<RequestEvent>): Buffer {
  return encodeRequest({
    kind: 'request',
    source: 'gw',
    identity: { kind: 'none' },
    clientId: 'fjord',
    integrationId: 'shop',
    timeMs: OCTOBER_MS,
    status: 200,
    requestBytes: 10,
    responseBytes: 100,
    ...fields,
  })
}

export function record(
  offset: number,
  value: Buffer | null,
  appendTimeMs = OCTOBER_MS + offset / 1_000,
): LogRecord {
  return { offset, appendTimeMs: Math.floor(appendTimeMs), key: null, value }
}

/** From offset 0 on unless told otherwise; it knows one fold version more than this release. */
export function newFold(
  changes: Partial<ResumePoint> = {},
  counted: ReadonlyMap<number, CountedBlock> = new Map(),
): PartitionFold<BlockRows> {
  const point: ResumePoint = {
    ...PLACE,
    geometry: DEFAULT_GEOMETRY,
    foldFromOffset: 0,
    readFromOffset: 0,
    earlierBlocks: [],
    restoredBlock: null,
    admission: new Admission(DEFAULT_GEOMETRY.windowSize, new SourceFiles()),
    proof: new BlockProof(PLACE, counted),
    ...changes,
  }
  return new PartitionFold(point, {
    foldVersionMax: FOLD_VERSION + 1,
    scanner,
    judge: judgeTime,
    encode: encodeBlock,
    verify: TEST_KEY.verify,
    unsignedVersion: UNSIGNED_VERSION,
  })
}

/** One batch. `endOffset` is where the log ends: 0 is never far behind. */
export function deliver(
  fold: PartitionFold<BlockRows>,
  records: readonly LogRecord[],
  nextOffset = (records.at(-1)?.offset ?? -1) + 1,
  endOffset = 0,
): void {
  fold.foldBatch({ partition: 0, records, nextOffset, endOffset })
}

export type Row = Readonly<Record<string, unknown>>
export type Tables = ReturnType<typeof tablesOf>

/** The rows of all blocks that a flush takes, table by table; null where it takes none. */
export function take(fold: PartitionFold<BlockRows>, atOnce = false): Tables | null {
  const blocks = fold.takeRows(atOnce)
  return blocks.length === 0 ? null : tablesOf(blocks)
}

function tablesOf(blocks: readonly BlockRows[]) {
  return {
    usage: blocks.flatMap(({ usage }) => usage.flatMap(rowsOf)),
    identities: blocks.flatMap(({ identities }) => identities.flatMap(rowsOf)),
    sources: blocks.flatMap(({ sources }) => sources),
    rejected: blocks.flatMap(({ rejected }) => rejected),
    ledger: blocks.map(({ ledger }) => ledger),
  }
}
