import { FoldVersionError, type StreamGeometry } from '@forbruk/aggregator/count/block.ts'
import { LogContradictsLedgerError } from '@forbruk/aggregator/count/block-proof.ts'
import { LogGapError } from '@forbruk/aggregator/count/log-gap.ts'
import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import { StoreError, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { Violation } from './violation.ts'

/** The code of the errors by which the simulated store refuses an insert for good. */
export const REFUSED = 'REFUSED_BY_SIMULATION'

type Circumstances = {
  /** One partition's content was replaced. */
  readonly isReplaced: boolean
  readonly isUpgraded: boolean
  /** Of the older release and of the newer one. */
  readonly geometries: readonly [StreamGeometry, StreamGeometry]
  readonly partitions: readonly { readonly hasLostItsStart: boolean }[]
}

/** A process may end in error only for a reason that the simulation gave it. */
export function assertExpectedEnd(
  process: { readonly name: string; readonly isStopping: boolean; readonly geometry: StreamGeometry },
  error: unknown,
  circumstances: Circumstances,
): void {
  const { isReplaced, isUpgraded, geometries } = circumstances
  const hasGap = mayHaveGap(circumstances)
  const isExpected =
    error === null ||
    (error instanceof StoreError && error.code === REFUSED) ||
    (error instanceof StoreUnavailableError && process.isStopping) ||
    (error instanceof FoldVersionError && isUpgraded && process.geometry === geometries[0]) ||
    (error instanceof LogGapError && hasGap) ||
    (error instanceof EventLogError && hasGap) ||
    (error instanceof LogContradictsLedgerError && isReplaced)
  if (isExpected) return
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  throw new Violation(`${process.name} ended without a reason: ${reason}`)
}

/** A partition may be held back, by a process that goes on, only where the log may lack what counting needs. */
export function assertExpectedHalt(process: string, reason: string, circumstances: Circumstances): void {
  if (mayHaveGap(circumstances)) return
  throw new Violation(`${process} holds a partition back without a reason: ${reason}`)
}

function mayHaveGap({ isReplaced, partitions }: Circumstances): boolean {
  return isReplaced || partitions.some(log => log.hasLostItsStart)
}
