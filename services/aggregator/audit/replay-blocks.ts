import { readUsageRows } from '@forbruk/infra/ledger/blocks/blocks.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { UsageRollupRow } from '@forbruk/infra/store/tables/usage-rollup.ts'
import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import type { BlockRows } from '../run/encode-block.ts'
import { type AuditFinding, placeOf } from './check-ledger.ts'
import { foldAgain, type ReplayParts } from './fold-again.ts'

/** One broken block must not fill the screen. */
const FINDINGS_PER_BLOCK_MAX = 5

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
  let [replayed, givenUp, done] = [0, 0, 0]
  for (const block of blocks.filter(isReplayed)) {
    const ofPartition = blocks.filter(other => other.partition === block.partition)
    const outcome = await replayBlock(parts, block, ofPartition)
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
  parts: ReplayParts,
  block: LedgerBlock,
  ofPartition: readonly LedgerBlock[],
): Promise<AuditFinding[] | 'given_up'> {
  // The stored start of a partition of which nothing was counted yet.
  if (block.nextOffset === block.firstOffset) return []
  const fail = (message: string): AuditFinding => ({
    check: 'replay_equals_stored',
    place: placeOf(block),
    message,
  })
  const folding = foldAgain(parts, block, ofPartition)
  let step = await folding.next()
  while (step.done !== true) step = await folding.next()
  const folded = step.value
  if (folded.kind === 'lacking') {
    return folded.isGivenUp ? 'given_up' : [fail(`can't be replayed: ${folded.reason}`)]
  }
  const replayed = folded.rows.at(-1)
  const messages =
    replayed === undefined ? ['the log holds nothing of it'] : await compareRows(parts.store, block, replayed)
  return messages.slice(0, FINDINGS_PER_BLOCK_MAX).map(fail)
}

async function compareRows(
  store: Store,
  block: LedgerBlock,
  { usage, ledger }: BlockRows,
): Promise<string[]> {
  const stored = await readUsageRows(store, block, block.block)
  return [...compareUsage(usage.flatMap(rowsOf).map(toUse), stored), ...compareLedger(ledger, block)]
}

/** Pure: what a block's ledger row, made anew from the log, has otherwise than the stored one. */
export function compareLedger(ledger: LedgerBlock, block: LedgerBlock): string[] {
  const messages: string[] = []
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
export function toUse(row: Readonly<Record<string, string | number | bigint>>): Use & Figures {
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

/** What there is one total of in a block. */
export function keyOf({ clientId, integrationId, hourMs, statusClass }: Use): string {
  return [clientId, integrationId, hourMs, statusClass].join('\n')
}

function describeUse({ clientId, integrationId, hourMs, statusClass }: Use): string {
  const hour = new Date(hourMs).toISOString().slice(0, 13)
  return `client ${clientId}, integration ${integrationId || '(none)'}, hour ${hour}Z, status ${statusClass}`
}

function describeFigures({ requests, requestBytes, responseBytes }: Figures): string {
  return `${requests} requests, ${requestBytes} + ${responseBytes} bytes`
}
