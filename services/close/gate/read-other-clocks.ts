import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { time } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { GateFacts } from './gate.ts'
import type { PartitionFacts } from './judge-partition.ts'

/**
 * What clocks other than this machine's say of the grace: a record that a broker stamped behind its end, or, where the
 * log is quiet, a store server's. An embedded log and store have the clock of this machine.
 */
export async function readOtherClocks(
  store: Pick<Store, 'kind' | 'query'>,
  stampedBy: EventLog['stampedBy'],
  partitions: readonly Pick<PartitionFacts, 'graceOffset'>[],
  graceEndMs: number,
): Promise<GateFacts['otherClocks']> {
  const isStamped = stampedBy === 'broker' && partitions.some(({ graceOffset }) => graceOffset !== null)
  if (isStamped) return 'grace_over'
  if (store.kind !== 'server') return stampedBy === 'broker' ? 'grace_running' : null
  const [row] = await store.query('SELECT now64(3) AS now', shapeOf({ nowMs: time }))
  return row !== undefined && row.nowMs >= graceEndMs ? 'grace_over' : 'grace_running'
}
