import { EARLIEST_TIME_MS } from '@forbruk/schemas/event/check-request.ts'
import type { MarkedInstance, MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import type { FileProgress } from './file-progress.ts'

/** How late a line may be written after the request it tells of: gateways write their logs through buffers. */
export const LATENESS_MS = 60_000

/** Of which a mark speaks while nothing of any file was shipped. */
export const NO_FILE = ''

type Said = {
  readonly source: string
  readonly format: string
  readonly throughMs: number | null
  readonly obstacles: MarkedObstacles
  readonly instance: MarkedInstance
}

/** What a file's progress is told as, to each partition by its number. Pure. */
export function toMarks(
  progress: FileProgress,
  partitionCount: number,
  { throughMs, ...said }: Said,
): readonly Buffer[] {
  const { file, position, partitionCounts } = progress
  return Array.from({ length: partitionCount }, (_, partition) =>
    encodeMark({
      ...{ kind: 'mark', ...said, file, position, eventsTotal: partitionCounts[partition] ?? 0 },
      throughMs: throughMs ?? EARLIEST_TIME_MS,
    }),
  )
}
