import { judgeTime } from '@forbruk/aggregator/count/judge-time.ts'
import { type FoldParts, PartitionFold, type ResumePoint } from '@forbruk/aggregator/count/partition-fold.ts'
import { findRepeated } from '@forbruk/aggregator/recognise/find-repeated.ts'
import { type RecogniseParts, Recogniser } from '@forbruk/aggregator/recognise/recogniser.ts'
import { resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import type { CountParts } from '@forbruk/aggregator/run/count-log.ts'
import { type BlockRows, encodeBlock } from '@forbruk/aggregator/run/encode-block.ts'
import { flushRows } from '@forbruk/aggregator/run/flush.ts'
import { RequestScanner } from '@forbruk/schemas/wire/scan/scan-requests.ts'
import { TEST_KEY } from '../support/aggregator/stream-key.ts'
import { hashWeakly } from './simulated-identities.ts'

/** The rules that a process has. */
type Release = Pick<FoldParts<BlockRows>, 'foldVersionMax' | 'unsignedVersion'>

export type Ports = Pick<CountParts, 'log' | 'store' | 'ledger'>

/** The pieces that counting is composed of. A mutant replaces one; the aggregator's own are `PROTOCOL`. */
export type Protocol = {
  readonly resume: typeof resumePartition
  readonly beginFold: (point: ResumePoint, release: Release, nowMs: () => number) => PartitionFold<BlockRows>
  readonly write: typeof flushRows
  readonly recognise: (ports: Ports) => Recogniser
  /** What the process sees of its surroundings. */
  readonly around: (ports: Ports, nowMs: () => number) => Ports
}

const scanner = new RequestScanner()

export function partsOfFold(release: Release): FoldParts<BlockRows> {
  const { verify } = TEST_KEY
  return { ...release, scanner, judge: judgeTime, encode: encodeBlock, verify }
}

/** Few hashes, so that most of a settling takes several questions. */
export function partsOfRecognising(ports: Ports): RecogniseParts {
  return { ...ports, hashOrigin: hashWeakly, findRepeated, hashesMax: 2 }
}

export const PROTOCOL: Protocol = {
  resume: resumePartition,
  beginFold: (point, release) => new PartitionFold(point, partsOfFold(release)),
  write: flushRows,
  recognise: ports => new Recogniser(partsOfRecognising(ports)),
  around: ports => ports,
}
