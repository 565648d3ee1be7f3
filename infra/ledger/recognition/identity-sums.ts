import type { Store } from '../../store/store.ts'
import type { LedgerBlock } from '../../store/tables/block-ledger.ts'
import { count64, safeCount } from '../../store/tables/codec.ts'
import { shapeOf, type Values } from '../../store/tables/table.ts'

const SUMS = { partition: safeCount, block: safeCount, identities: safeCount, identitySum: count64 }

/** How many request ids of a block are stored, as far as its ledger row goes, and the sum of their hashes mod 2^64. */
export type IdentitySum = Values<typeof SUMS>

/** A little sooner than they go: migration 090. The store's clock decides on both. */
const KEPT = 'INTERVAL 490 DAY'

/**
 * Of the blocks that the ledger says have request ids, from the given one of each partition on, in order. Left out are
 * those of which some may be so old that they are gone.
 * @param firstBlocks by partition; one that is not there is not looked at
 */
export function readIdentitySums(
  store: Store,
  stream: string,
  firstBlocks: ReadonlyMap<number, number>,
): Promise<IdentitySum[]> {
  return store.query(SQL, shapeOf(SUMS), {
    stream,
    partitions: [...firstBlocks.keys()],
    first_blocks: [...firstBlocks.values()],
  })
}

const BLOCKS = `
SELECT partition, block, next_offset, identity_hours
FROM block_ledger FINAL
WHERE stream = {stream:String} AND identities > 0
    AND has({partitions:Array(UInt32)}, partition)
    AND block >= {first_blocks:Array(UInt64)}[indexOf({partitions:Array(UInt32)}, partition)]
    AND NOT arrayExists(hour -> hour < now() - ${KEPT}, identity_hours)`

/** A row stands under its event's hour, which the ledger has. */
const SQL = `
SELECT
    blocks.partition AS partition,
    blocks.block AS block,
    countIf(identity.offset < blocks.next_offset AND identity.is_there) AS identities,
    sumIf(identity.id_hash, identity.offset < blocks.next_offset AND identity.is_there) AS identity_sum
FROM
(
    SELECT partition, offset, id_hash, 1 AS is_there
    FROM request_identity FINAL
    WHERE stream = {stream:String} AND has({partitions:Array(UInt32)}, partition)
        AND hour IN (SELECT arrayJoin(identity_hours) FROM (${BLOCKS}))
    UNION ALL
    -- So that a block of which nothing is stored is there as well.
    SELECT partition, block, 0, 0 FROM (${BLOCKS})
) AS identity
ASOF INNER JOIN (${BLOCKS}) AS blocks
    ON identity.partition = blocks.partition AND identity.offset >= blocks.block
GROUP BY partition, block
ORDER BY partition, block`

/** The blocks whose request ids are not those that the ledger vouches for. Pure. */
export function findLacking<Block extends LedgerBlock>(
  blocks: readonly Block[],
  sums: readonly IdentitySum[],
): { readonly block: Block; readonly sum: IdentitySum }[] {
  const byPlace = new Map(sums.map(sum => [`${sum.partition} ${sum.block}`, sum]))
  return blocks.flatMap(block => {
    const sum = byPlace.get(`${block.partition} ${block.firstOffset}`)
    if (sum === undefined) return []
    const isSame = sum.identities === block.identities && sum.identitySum === block.identitySum
    return isSame ? [] : [{ block, sum }]
  })
}
