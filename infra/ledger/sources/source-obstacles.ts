import type { MarkedObstacle, MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import type { Store } from '../../store/store.ts'
import { sourceLedger } from '../../store/tables/source-ledger.ts'
import { select } from '../../store/tables/table.ts'

const { list, shape } = select(sourceLedger, 'source', 'obstacles', 'obstaclesTotal')

/**
 * What stands in the way of each source of the stream that has any, by the newest mark of each partition. One that a
 * single partition still has stands: the mark that takes it back may not be counted there yet.
 */
export async function readObstacles(
  store: Store,
  stream: string,
): Promise<ReadonlyMap<string, MarkedObstacles>> {
  const rows = await store.query(
    `SELECT ${list} FROM
       (SELECT * FROM source_ledger FINAL WHERE stream = {stream:String} AND file = ''
        ORDER BY block DESC LIMIT 1 BY partition, source)
     WHERE obstacles_total > 0 ORDER BY source, partition`,
    shape,
    { stream },
  )
  const standing = new Map<string, MarkedObstacles>()
  for (const { source, obstacles: listed, obstaclesTotal: total } of rows) {
    const before = standing.get(source)
    standing.set(source, before === undefined ? { total, listed } : unite(before, { total, listed }))
  }
  return standing
}

/** Pure. */
function unite(one: MarkedObstacles, other: MarkedObstacles): MarkedObstacles {
  const spell = ({ reason, path }: MarkedObstacle) => `${reason} ${path}`
  const listed = [...new Map([...one.listed, ...other.listed].map(each => [spell(each), each])).values()]
  return { total: Math.max(one.total, other.total, listed.length), listed }
}
