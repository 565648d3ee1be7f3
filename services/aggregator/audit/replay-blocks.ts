import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import { Admission } from '../admit.ts'
import type { StreamGeometry } from '../block.ts'
import { PartitionFold } from '../partition-fold.ts'
import { createLedgerReader } from '../read-ledger.ts'
import { chooseReadStart } from '../resume.ts'
import type { FlushRows, Row } from '../rows.ts'
import { type AuditFinding, placeOf } from './check-ledger.ts'
import type { AuditedBlock } from './stored-block.ts'

/** One broken block must not fill the screen. */
const FINDINGS_PER_BLOCK_MAX = 5

export type ReplayParts = {
  readonly store: Store
  readonly log: EventLog
  readonly geometry: StreamGeometry
}

/**
 * Folds each block again from the log and compares what that gives with what is stored, row by row. A block that the
 * log no longer holds is a finding as well: it can't be proved any more.
 */
export async function replayBlocks(
  parts: ReplayParts,
  blocks: readonly AuditedBlock[],
  onBlock: (replayed: number) => void,
): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = []
  for (const [index, block] of blocks.entries()) {
    findings.push(...(await replayBlock(parts, block)))
    onBlock(index + 1)
  }
  return findings
}

async function replayBlock(
  { store, log, geometry }: ReplayParts,
  block: AuditedBlock,
): Promise<AuditFinding[]> {
  // The stored start of a partition of which nothing was counted yet.
  if (block.next_offset === block.first_offset) return []
  const place = { stream: block.stream, partition: block.partition }
  const readFrom = chooseReadStart(await readWindowBlocks(store, block), block.first_offset, geometry)
  const { startOffset } = await log.bounds(block.partition)
  if (startOffset > readFrom) {
    const message = `can't be replayed: the log begins at offset ${startOffset}, the block needs ${readFrom}`
    return [{ check: 'replay_equals_stored', place: placeOf(block), message }]
  }
  const sources = await createLedgerReader(store).readSources(place, block.block)
  const admission = new Admission(geometry.windowSize, sources)
  const point = { ...place, foldFromOffset: block.first_offset, admission, stored: new Map() }
  const fold = new PartitionFold(point, geometry)
  for await (const batch of log.read(block.partition, readFrom, block.next_offset)) fold.foldBatch(batch)
  const rows = fold.takeRows()
  const messages = rows === null ? ['the log holds nothing of it'] : await compareRows(store, block, rows)
  return messages
    .slice(0, FINDINGS_PER_BLOCK_MAX)
    .map(message => ({ check: 'replay_equals_stored', place: placeOf(block), message }))
}

const windowShape = z.object({
  request_ids: z.coerce.number(),
  first_offset: z.coerce.number(),
  next_offset: z.coerce.number(),
})

function readWindowBlocks(store: Store, block: AuditedBlock) {
  return store.query(
    `SELECT request_ids, first_offset, next_offset FROM block_ledger FINAL
     WHERE stream = {stream:String} AND partition = {partition:UInt32} AND block IN ({before:UInt64}, {block:UInt64})
     ORDER BY block`,
    windowShape,
    {
      stream: block.stream,
      partition: block.partition,
      block: block.block,
      before: Math.max(0, block.block - 1),
    },
  )
}

async function compareRows(store: Store, block: AuditedBlock, replayed: FlushRows): Promise<string[]> {
  const stored = await readUsageRows(store, block)
  const ofBlock = replayed.usage.filter(row => row.block === block.block)
  const messages = compareUsage(ofBlock, stored)
  const ledger = replayed.ledger.find(row => row.block === block.block)
  if (ledger?.fingerprint !== block.fingerprint) {
    messages.push(`fingerprint ${ledger?.fingerprint ?? 'none'} from the log, ${block.fingerprint} stored`)
  }
  for (const column of ['records', 'events', 'requests', 'duplicates', 'rejected', 'marks'] as const) {
    const found = BigInt(ledger?.[column] ?? 0)
    if (found !== block[column]) messages.push(`${column}: ${found} from the log, ${block[column]} stored`)
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
function compareUsage(replayed: readonly Row[], stored: readonly z.infer<typeof usageShape>[]): string[] {
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
