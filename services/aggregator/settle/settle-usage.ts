import {
  dropSuperseded,
  readCompleteBlocks,
  readMonthsOfBlocks,
  readSettlement,
  readSumsOfBlocks,
  readWritten,
  readWrittenDays,
  vouch,
  writeMonth,
} from '@forbruk/infra/ledger/settle/settlements.ts'
import { addUp, isEqual } from '@forbruk/infra/ledger/usage/usage-sums.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { SettledMonth, UsageSettlement } from '@forbruk/infra/store/tables/usage-settlement.ts'
import { chooseCut, rangeOf } from './choose-cut.ts'

export type SettleParts = {
  readonly store: Store
  readonly stream: string
  /** A UUID that nobody has used. */
  readonly newId: () => string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * `nothing`: no block is complete that isn't settled, or the next ones are not as the ledger says. `taken_back`: what
 * was settled is not what it was, so that nothing is settled now and the next pass begins again. `overtaken`: another
 * process was first.
 */
type SettleOutcome = 'settled' | 'nothing' | 'taken_back' | 'overtaken'

/** Of a partition, at a time: two months of quiet days. */
const BLOCKS_PER_PARTITION_MAX = 64
const NOTHING_SETTLED = { sequence: 0, cut: [], months: [] }

/**
 * Adds up by month what complete blocks have, as far as the ledger vouches for it, so that whoever asks for a month
 * need not. What a complete block has is a function of the log, so a settlement can be late, and never wrong: what
 * isn't below its cut is added to it when it is read. Whoever dies in the middle leaves rows that nobody vouches for.
 */
export async function settleUsage(parts: SettleParts): Promise<SettleOutcome> {
  const { store, stream } = parts
  const before = (await readSettlement(store, stream)) ?? { stream, ...NOTHING_SETTLED, settledAtMs: 0 }
  const blocks = await readCompleteBlocks(store, stream, before.cut, BLOCKS_PER_PARTITION_MAX)
  const looked = rangeOf(before.cut, blocks)
  const sums = looked === null ? [] : await readSumsOfBlocks(store, stream, looked)
  const { cut, added } = chooseCut(before.cut, blocks, sums)
  if (cut.every((block, partition) => block === (before.cut[partition] ?? 0))) return 'nothing'
  const settled = blocks.filter(({ partition, block }) => block < (cut[partition] ?? 0))
  const range = rangeOf(before.cut, settled)
  const months = range === null ? [] : await readMonthsOfBlocks(store, stream, range)
  const old = new Map(before.months.map(month => [month.firstDay, month]))
  const written: SettledMonth[] = []
  for (const firstDay of months) {
    if (range === null) break
    const settlement = parts.newId()
    const settledBefore = old.get(firstDay)?.settlement ?? null
    await writeMonth(store, { stream, firstDay, settlement, before: settledBefore, range })
    written.push(await readMonth(store, firstDay, settlement))
  }
  const expected = addUp([added, ...months.flatMap(month => old.get(month) ?? [])])
  const next = { stream, sequence: before.sequence + 1, settledAtMs: parts.clock() }
  if (!isEqual(addUp(written), expected)) {
    if (before.months.length === 0)
      throw new Error(
        `${stream}: usage that was just settled can't be read as it was written; expected the same sums`,
      )
    await vouch(store, { ...next, cut: [], months: [] })
    return 'taken_back'
  }
  const rewritten = new Set(months)
  const all = [...before.months.filter(month => !rewritten.has(month.firstDay)), ...written]
  const isOurs = await vouch(store, { ...next, cut, months: all.toSorted(byFirstDay) })
  if (!isOurs) return 'overtaken'
  await dropSuperseded(store)
  return 'settled'
}

/** What was written of it is as a whole what is read; without all of its days it would be another sum. */
async function readMonth(store: Store, firstDay: string, settlement: string): Promise<SettledMonth> {
  const figures = (await readWritten(store, [settlement])).get(settlement)
  const days = (await readWrittenDays(store, [settlement])).get(settlement)
  const isWhole = figures !== undefined && days !== undefined && isEqual(figures, days)
  return { firstDay, settlement, ...(isWhole ? figures : NOTHING_WRITTEN) }
}

const NOTHING_WRITTEN = { rows: 0, requests: 0n, requestBytes: 0n, responseBytes: 0n, contentHash: 0n }

function byFirstDay(one: UsageSettlement['months'][number], other: UsageSettlement['months'][number]) {
  return one.firstDay < other.firstDay ? -1 : 1
}
