import { putIfAbsent } from '../../store/put-if-absent.ts'
import type { Store } from '../../store/store.ts'
import { type RejectedFold, rejectedFold } from '../../store/tables/rejected-fold.ts'
import { select } from '../../store/tables/table.ts'

type BlockPlace = Pick<RejectedFold, 'partition' | 'block'>

const { list, shape } = select(rejectedFold)

/** By `placeOfBlock`: the last turn of each block whose rejected events were to be added up. */
export async function readLastTurns(
  store: Store,
  stream: string,
): Promise<ReadonlyMap<string, RejectedFold>> {
  const sql = `SELECT ${list} FROM rejected_fold WHERE stream = {stream:String}
               ORDER BY turn DESC LIMIT 1 BY partition, block`
  const turns = await store.query(sql, shape, { stream })
  return new Map(turns.map(turn => [placeOfBlock(turn), turn]))
}

/** As keys and lists spell it. */
export function placeOfBlock({ partition, block }: BlockPlace): string {
  return `${partition}/${block}`
}

/** Takes a block's next turn, or answers who has it: of many that take one at a time, all get the same answer. */
export function takeTurn(store: Store, next: RejectedFold): Promise<RejectedFold> {
  const { stream, partition, block, turn } = next
  return putIfAbsent({
    store,
    table: rejectedFold,
    values: [next],
    key: `${stream} ${placeOfBlock(next)} ${turn}`,
    read: async () => {
      const sql = `SELECT ${list} FROM rejected_fold WHERE stream = {stream:String} AND partition = {partition:UInt32}
                   AND block = {block:UInt64} AND turn = {turn:UInt32} LIMIT 1`
      return (await store.query(sql, shape, { stream, partition, block, turn }))[0] ?? null
    },
  })
}

/** Begins to add up a block, or goes on with what was begun and not ended: `last` is its last turn. */
export async function beginFold(
  store: Store,
  place: BlockPlace & { readonly stream: string },
  last: RejectedFold | undefined,
  takenAtMs: number,
): Promise<RejectedFold> {
  if (last?.step === 'begun') return last
  const { stream, partition, block } = place
  const nothing = { foldId: '', words: 0, rowsBefore: 0, rows: 0, events: 0 }
  const turn = last === undefined ? 0 : last.turn + 1
  return takeTurn(store, { stream, partition, block, turn, step: 'begun', ...nothing, takenAtMs })
}

/**
 * For whoever has mended or waived events of these blocks: what is being added up without that is withdrawn. Answers
 * the blocks whose sums are kept for good, in which what was said of a single event came too late and holds for
 * nothing.
 */
export async function withdrawFolds(
  store: Store,
  stream: string,
  blocks: readonly BlockPlace[],
  takenAtMs: number,
): Promise<ReadonlySet<string>> {
  const turns = await readLastTurns(store, stream)
  const kept = new Set<string>()
  for (const place of new Set(blocks.map(placeOfBlock))) {
    let last = turns.get(place)
    while (last?.step === 'begun' || last?.step === 'folded') {
      last = await takeTurn(store, { ...last, turn: last.turn + 1, step: 'withdrawn', takenAtMs })
    }
    if (last?.step === 'kept') kept.add(place)
  }
  return kept
}
