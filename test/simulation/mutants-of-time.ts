import { DEFAULT_GEOMETRY } from '@forbruk/aggregator/count/block.ts'
import { judgeTime } from '@forbruk/aggregator/count/judge-time.ts'
import { PartitionFold } from '@forbruk/aggregator/count/partition-fold.ts'
import { resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import { AdmissionBehindJudge } from './broken-parts.ts'
import { type Protocol, partsOfFold } from './protocol.ts'

/** Whether an event's time can be believed, decided in a wrong way. */
export const MUTANTS_OF_TIME: Readonly<Record<string, Partial<Protocol>>> = {
  'a time is judged before a copy is recognised': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const { geometry, admission } = point
      if (geometry.foldVersion === 1) return point
      return { ...point, admission: new AdmissionBehindJudge(geometry.windowSize, admission.sources) }
    },
  },
  'a time is judged by the clock of the process': {
    beginFold: (point, release, nowMs) =>
      new PartitionFold(point, {
        ...partsOfFold(release),
        judge: (eventMs, _appendMs, limits) => judgeTime(eventMs, nowMs(), limits),
      }),
  },
  'a time is judged by the limits with which the partition began': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const { pastMaxMs, aheadMaxMs } = parts.ofNewPartition
      return { ...point, geometry: { ...point.geometry, pastMaxMs, aheadMaxMs } }
    },
  },
  'a time is judged by the limits of the newest block': {
    async resume(parts, partition) {
      const point = await resumePartition(parts, partition)
      const newest = (await parts.ledger.readNewestBlocks(point, 9)).at(-1)
      if (newest === undefined) return point
      const { pastMaxMs, aheadMaxMs } = newest
      return { ...point, geometry: { ...point.geometry, pastMaxMs, aheadMaxMs } }
    },
  },
  'a time is judged under version 1': {
    beginFold: (point, release) =>
      new PartitionFold(point, {
        ...partsOfFold(release),
        judge: (eventMs, appendMs, { pastMaxMs, aheadMaxMs }) =>
          judgeTime(eventMs, appendMs, {
            pastMaxMs: pastMaxMs ?? DEFAULT_GEOMETRY.pastMaxMs,
            aheadMaxMs: aheadMaxMs ?? DEFAULT_GEOMETRY.aheadMaxMs,
          }),
      }),
  },
}
