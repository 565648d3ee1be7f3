import { resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import type { CountParts } from '@forbruk/aggregator/run/count-log.ts'
import { flushRows } from '@forbruk/aggregator/run/flush.ts'

export type Ports = Pick<CountParts, 'log' | 'store' | 'ledger'>

/** The pieces that counting is composed of. A mutant replaces one; the aggregator's own are `PROTOCOL`. */
export type Protocol = {
  readonly resume: typeof resumePartition
  readonly write: typeof flushRows
  /** What the process sees of its surroundings. */
  readonly around: (ports: Ports, nowMs: () => number) => Ports
}

export const PROTOCOL: Protocol = {
  resume: resumePartition,
  write: flushRows,
  around: ports => ports,
}
