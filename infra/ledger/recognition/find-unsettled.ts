import { type Recognition, settledTo } from './recognition.ts'

/** What a block's requests, request bytes and response bytes come to. */
type Figures = {
  readonly partition: number
  readonly block: number
  readonly requestsSum: bigint
  readonly requestBytesSum: bigint
  readonly responseBytesSum: bigint
}

export type Blocks = { readonly ledger: readonly Figures[]; readonly rollup: readonly Figures[] }

/** Pure: blocks whose figures differ between ledger and rollup, or between the two readings, each as a sentence. */
export function findUnsettled(before: Blocks, after: Blocks): string[] {
  const columns = [before.ledger, before.rollup, after.ledger, after.rollup].map(
    blocks => new Map(blocks.map(figures => [describeBlock(figures), describeFigures(figures)])),
  )
  const names = new Set(columns.flatMap(column => [...column.keys()]))
  return [...names].flatMap(name => {
    const [ledger = 'nothing', rollup = 'nothing', ledgerAfter = 'nothing', rollupAfter = 'nothing'] =
      columns.map(column => column.get(name))
    if (ledgerAfter !== rollupAfter) return [`${name}: ledger ${ledgerAfter}, usage ${rollupAfter}`]
    if (ledger !== rollup || ledger !== ledgerAfter) return [`${name}: changed while it was read`]
    return []
  })
}

/**
 * Pure: partitions in whose blocks repeated request ids are not settled yet, each as a sentence.
 * @param blocks how far each block goes that holds request ids
 */
export function findUnrecognised(
  blocks: readonly { readonly partition: number; readonly nextOffset: number }[],
  recognition: Pick<Recognition, 'nextOffsets' | 'isWhole'>,
): string[] {
  const ends = new Map<number, number>()
  for (const { partition, nextOffset } of blocks)
    ends.set(partition, Math.max(nextOffset, ends.get(partition) ?? 0))
  return [...ends].flatMap(([partition, end]) => {
    const settled = settledTo(recognition, partition)
    const message =
      `partition ${partition}: repeated request ids are recognised up to offset ${settled}, ` +
      `and it is counted up to ${end}; a running aggregator goes on with that`
    return settled < end ? [message] : []
  })
}

function describeBlock({ partition, block }: Figures): string {
  return `partition ${partition}, block ${block}`
}

/** Equal text, equal figures. */
function describeFigures({ requestsSum, requestBytesSum, responseBytesSum }: Figures): string {
  return `${requestsSum} requests, ${requestBytesSum} + ${responseBytesSum} bytes`
}
