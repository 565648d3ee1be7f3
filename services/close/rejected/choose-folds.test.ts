import type { FoldableBlock } from '@forbruk/infra/ledger/rejected/rejected-folds.ts'
import { expect, test } from 'vitest'
import { chooseFolds } from './choose-folds.ts'

const NOW = {
  ...{ monthsMax: 2, rowsMax: 1_000, timeZone: 'Europe/Oslo' },
  nowMs: Date.parse('2026-11-15T12:00:00Z'),
}
/** A block of one hour of a month. */
function blockOf(month: string, rows = 10, more: Partial<FoldableBlock> = {}): FoldableBlock {
  const atMs = Date.parse(`${month}-10T12:00:00Z`)
  return { partition: 0, block: atMs, rows, firstMs: atMs, lastMs: atMs, appendedMs: atMs, ...more }
}
const CLOSED = new Set(['2026-06', '2026-07', '2026-08', '2026-09'])

function choose(blocks: readonly FoldableBlock[], changes = {}, now = {}) {
  const facts = { unsettled: new Map(), closedMonths: CLOSED, firstMs: Date.parse('2026-06-10T12:00:00Z') }
  return chooseFolds(blocks, { ...facts, ...changes }, { ...NOW, ...now }).map(({ block }) =>
    new Date(block).toISOString().slice(0, 7),
  )
}
const BLOCKS = ['2026-07', '2026-08', '2026-09', '2026-10', '2026-11'].map(month => blockOf(month))
/** Of every block one event is in that state. */
const all = (state: 'open' | 'mending', blocks: readonly FoldableBlock[]) => ({
  unsettled: new Map(
    blocks.map(({ partition, block }) => [`${partition}/${block}`, { open: 0, mending: 0, [state]: 1 }]),
  ),
})

test('what came before so many whole months is folded, once it is settled', () => {
  expect(choose(BLOCKS)).toEqual(['2026-07', '2026-08'])
  expect(choose(BLOCKS, {}, { monthsMax: 4 })).toEqual([])
})

test('with more rows than are kept, the oldest settled ones go sooner, and no more than needed', () => {
  expect(choose(BLOCKS, {}, { monthsMax: 99, rowsMax: 40 })).toEqual(['2026-07'])
  expect(choose(BLOCKS, {}, { monthsMax: 99, rowsMax: 29 })).toEqual(['2026-07', '2026-08', '2026-09'])
  expect(choose(BLOCKS, {}, { rowsMax: 0 })).toHaveLength(5)
})

test('what nobody has settled stays while a month that it may be of is open, however much it is', () => {
  const open = all('open', BLOCKS)
  expect(choose(BLOCKS, open, { rowsMax: 0 })).toEqual(['2026-07', '2026-08', '2026-09'])
  expect(choose(BLOCKS, { ...open, closedMonths: new Set(['2026-07', '2026-08']) })).toEqual([])
  expect(choose(BLOCKS, { ...open, firstMs: null })).toEqual(['2026-07', '2026-08'])
  // Its time was not believed, and may be right.
  const stray = blockOf('2026-07', 10, { firstMs: Date.parse('2001-01-15T00:00:00Z') })
  expect(choose([stray], all('open', [stray]))).toEqual([])
})

test('what is on its way is kept until it is counted', () => {
  expect(choose(BLOCKS, all('mending', BLOCKS), { rowsMax: 0 })).toEqual([])
})
