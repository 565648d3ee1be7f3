import { readGaps } from '@forbruk/infra/ledger/blocks/gaps.ts'
import { readStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { type ClientBlock, sumCopies } from '@forbruk/infra/ledger/usage/client-blocks.ts'
import type { Cut } from '@forbruk/infra/ledger/usage/settled-usage.ts'
import { addUp, NOTHING_USED, type UsageSums } from '@forbruk/infra/ledger/usage/usage-sums.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { FOLD_VERSION, UNSIGNED_VERSION } from '../count/block.ts'
import type { BlockRows } from '../run/encode-block.ts'
import { type FoldedAgain, foldAgain } from './fold-again.ts'
import { type FigureBlocks, readFigureBlocks } from './read-figure-blocks.ts'
import { compareLedger, keyOf, toUse } from './replay-blocks.ts'

type FigureQuestion = {
  readonly store: Store
  readonly log: EventLog
  readonly clientId: string
  readonly range: PeriodRange
  /** Of a close: what stood below it is told as well. */
  readonly cut: Cut | null
}

type FigureProgress = {
  readonly blocksDone: number
  readonly blocksTotal: number
  readonly recordsRead: number
}

type BlockPlace = Pick<LedgerBlock, 'partition' | 'firstOffset' | 'nextOffset'>

export type ReplayedFigure = FigureProgress & {
  readonly stream: string
  /** That may hold use of the range, by whomever. */
  readonly blocksOfRange: number
  /** Those that were folded again, with their fingerprints. */
  readonly proved: readonly (BlockPlace & { readonly fingerprint: bigint })[]
  /** Of the records of these blocks, whosever they are. */
  readonly duplicates: number
  /** The client's use, as the log has it, and as the rows of the ledger's blocks have it. */
  readonly byLog: UsageSums
  readonly byLedger: UsageSums
  /** What usage is read without; both of the above have it in them. */
  readonly copies: UsageSums
  /** By the log, below the cut; null where none was asked for. */
  readonly atCut: { readonly byLog: UsageSums; readonly copies: UsageSums } | null
  readonly differences: readonly (BlockPlace & { readonly detail: string })[]
  /** Blocks that can't be folded again, since the log has lost what that takes, with what is stored of the client. */
  readonly lost: readonly (BlockPlace & { readonly detail: string; readonly requests: bigint })[]
}

const FIGURES = ['requests', 'requestBytes', 'responseBytes'] as const

/**
 * Counts a client's use of a range again, from the log: each block in which it has any, and each of the range whose
 * rows don't add up to its ledger row, since a row of the client's could be what is missing. That the others hold
 * nothing of it rests on their rows, and on what `audit` finds when it replays them all.
 *
 * It yields after some milliseconds of work, and whoever asks says when it goes on. Nothing is written.
 */
export async function* replayFigure(
  question: FigureQuestion,
): AsyncGenerator<FigureProgress, ReplayedFigure> {
  const { store, log, clientId, range, cut } = question
  const ofClient = { store, stream: log.topic, clientId, range }
  const gaps = await readGaps(store, log.topic)
  const key = await readStreamKey(store, log.topic)
  // Without a key nothing was ever signed.
  const words = { verify: key?.verify ?? (() => false), unsignedVersion: UNSIGNED_VERSION }
  const parts = { store, log, foldVersionMax: FOLD_VERSION, gaps, words, scanner: new RequestScanner() }
  const figureBlocks = await readFigureBlocks(ofClient)
  const { asked } = figureBlocks
  const isOf: IsOf = use =>
    use.clientId === clientId && use.hourMs >= range.startMs && use.hourMs < range.endMs
  const results: Result[] = []
  let recordsRead = 0
  const progress = () => ({ blocksDone: results.length, blocksTotal: asked.length, recordsRead })
  yield progress()
  for (const { block, stored, ofPartition } of asked) {
    const cutHere = cut?.find(each => each.partition === block.partition)?.nextOffset ?? 0
    // Who asks no more lets go of the log as well.
    await using folding = foldAgain(parts, block, ofPartition, cut === null ? null : cutHere)
    let step = await folding.next()
    while (step.done !== true) {
      recordsRead += step.value
      yield progress()
      step = await folding.next()
    }
    results.push(toResult(block, stored, step.value, isOf))
    yield progress()
  }
  const copies = await sumCopies(store, ofClient, null)
  const told = { ...progress(), stream: log.topic, ...addUpBlocks(figureBlocks, results), copies }
  if (cut === null) return { ...told, atCut: null }
  const atCut = {
    byLog: addUp(results.map(each => each.atCut)),
    copies: await sumCopies(store, ofClient, cut),
  }
  return { ...told, atCut }
}

type Result = {
  readonly place: BlockPlace
  readonly fingerprint: bigint
  readonly duplicates: number
  readonly byLog: UsageSums
  readonly byLedger: UsageSums
  readonly atCut: UsageSums
  readonly differences: readonly string[]
  /** Null: it was folded again. */
  readonly lostBecause: string | null
}

type IsOf = (use: { readonly clientId: string; readonly hourMs: number }) => boolean

/** Pure. */
function toResult(block: LedgerBlock, stored: ClientBlock | null, folded: FoldedAgain, isOf: IsOf): Result {
  const { partition, firstOffset, nextOffset, fingerprint } = block
  const byLedger = toSums(stored)
  const known = { place: { partition, firstOffset, nextOffset }, fingerprint, byLedger }
  if (folded.kind === 'lacking') {
    const nothing = { duplicates: 0, byLog: NOTHING_USED, atCut: NOTHING_USED, differences: [] }
    return { ...known, ...nothing, lostBecause: folded.reason }
  }
  const ledger = folded.rows.at(-1)?.ledger
  const byLog = sumRows(folded.rows, isOf)
  const isSame = FIGURES.every(figure => byLog[figure] === byLedger[figure])
  const difference = `${describe(byLog)} of the client's from the log, ${describe(byLedger)} stored`
  return {
    ...known,
    byLog,
    atCut: sumRows(folded.rowsAtCut, isOf),
    duplicates: ledger?.duplicates ?? 0,
    differences: [
      ...(isSame ? [] : [difference]),
      ...(ledger === undefined ? ['the log holds nothing of it'] : compareLedger(ledger, block)),
    ],
    lostBecause: null,
  }
}

/** Of totals that were told more than once, the last ones: they are set, and never added to. */
function sumRows(rows: readonly BlockRows[], isOf: IsOf): UsageSums {
  const uses = rows.flatMap(({ usage }) => usage.flatMap(rowsOf).map(toUse)).filter(isOf)
  return addUp([...new Map(uses.map(use => [keyOf(use), use])).values()])
}

function addUpBlocks({ blocksOfRange, unvouched }: FigureBlocks, results: readonly Result[]) {
  const isProved = (result: Result) => result.lostBecause === null
  return {
    blocksOfRange,
    proved: results.filter(isProved).map(({ place, fingerprint }) => ({ ...place, fingerprint })),
    duplicates: results.reduce((total, each) => total + each.duplicates, 0),
    byLog: addUp(results.map(each => each.byLog)),
    byLedger: addUp([...results.map(each => each.byLedger), ...unvouched.map(toSums)]),
    differences: [
      ...results.flatMap(({ place, differences }) => differences.map(detail => ({ ...place, detail }))),
      ...unvouched.map(toUnvouched),
    ],
    lost: results.flatMap(({ place, lostBecause, byLedger }) =>
      lostBecause === null ? [] : [{ ...place, detail: lostBecause, requests: byLedger.requests }],
    ),
  }
}

function toUnvouched({ partition, block, clientRequests }: ClientBlock) {
  const detail = `${clientRequests} requests of the client's without a ledger row: run forbruk aggregate`
  return { partition, firstOffset: block, nextOffset: block, detail }
}

function toSums(stored: ClientBlock | null): UsageSums {
  if (stored === null) return NOTHING_USED
  const { clientRequests, clientRequestBytes, clientResponseBytes } = stored
  return { requests: clientRequests, requestBytes: clientRequestBytes, responseBytes: clientResponseBytes }
}

function describe({ requests, requestBytes, responseBytes }: UsageSums): string {
  return `${requests} requests, ${requestBytes} + ${responseBytes} bytes`
}
