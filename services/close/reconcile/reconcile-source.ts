import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import {
  type Reconciliation,
  sourceReconciliation,
} from '@forbruk/infra/store/tables/source-reconciliation.ts'
import { findSource } from '../gate/find-source.ts'
import { type Coordinates, showCoordinates } from '../rejected/coordinates.ts'
import { readMendedPlaces } from '../rejected/mend-rows.ts'
import { countArrived } from './count-arrived.ts'
import type { Served } from './count-served.ts'
import { ReconciliationRefusedError } from './refusal.ts'

type ReconcileOptions = {
  readonly store: Store
  readonly log: EventLog
  readonly source: string
  readonly fromMs: number
  /** The first moment that is not compared any more. */
  readonly toMs: number
  /** As the gateway says, or a person for it. */
  readonly served: Served
  readonly tolerance: number
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly onRead?: (records: number) => void
}

/**
 * Records what a gateway says that it served in a time, and what of it is in the log by now; a close then says so.
 * Throws ReconciliationRefusedError and UnknownSourceError: of a mistyped one all would be missing.
 */
export async function reconcileSource(options: ReconcileOptions): Promise<Reconciliation> {
  const { store, log, source, fromMs, toMs, served, tolerance, actor, clock, onRead = () => {} } = options
  const reconciledAtMs = clock()
  if (fromMs >= toMs)
    throw new ReconciliationRefusedError('the time ends before it begins; expected --from before --to')
  if (toMs > reconciledAtMs)
    throw new ReconciliationRefusedError('the time has not ended yet; expected --to in the past')
  await findSource(store, log.topic, source)
  const mended = await readMendedPlaces(store, log.topic, source)
  const isMended = (at: Coordinates) => mended.size > 0 && mended.has(showCoordinates(at))
  const arrived = await countArrived(log, source, { fromMs, toMs }, isMended, onRead)
  const reconciliation: Reconciliation = {
    ...{ stream: log.topic, source, reconciledAtMs, fromTimeMs: fromMs, toTimeMs: toMs },
    ...{ ...served, ...arrived, tolerance, actor },
  }
  await insertValues(store, sourceReconciliation, [reconciliation])
  return reconciliation
}
