import { readMissingFiles } from '@forbruk/infra/ledger/sources/missing-files.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { acceptedLoss } from '@forbruk/infra/store/tables/accepted-loss.ts'
import { EARLIEST_TIME_MS } from '@forbruk/schemas/event/check-request.ts'
import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import { UnknownLossError } from './intake-error.ts'
import { isLostFile } from './place.ts'

type AcceptOptions = {
  readonly store: Store
  readonly log: Pick<EventLog, 'topic' | 'append'>
  readonly source: string
  /** `TOPIC/PARTITION:FROM-TO`. */
  readonly file: string
  readonly reason: string
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * Records that a person gives up what a topic lost before it was read, and marks in the log that nothing of it is to be
 * expected. Answers how many records these were. Throws UnknownLossError.
 */
export async function acceptLost(options: AcceptOptions): Promise<number> {
  const { store, log, source, file, reason, actor, clock } = options
  const lost = (await readMissingFiles(store, log.topic, source)).filter(each => isLostFile(each.file))
  const meant = lost.find(each => each.file === file)
  if (meant === undefined) throw unknownLoss(source, file, lost)
  const { missing, partition, format, lastPosition } = meant
  await insertValues(store, acceptedLoss, [
    { stream: log.topic, source, file, missing, reason, actor, acceptedAtMs: clock() },
  ])
  const mark = {
    source,
    file,
    position: lastPosition + 1,
    eventsTotal: 0,
    throughMs: EARLIEST_TIME_MS,
    format,
  }
  await log.append([{ value: encodeMark({ kind: 'mark', ...mark }), to: { partition } }])
  return missing
}

function unknownLoss(
  source: string,
  file: string,
  lost: readonly { readonly file: string }[],
): UnknownLossError {
  const known = lost.length === 0 ? 'nothing that is counted by now' : lost.map(each => each.file).join(', ')
  return new UnknownLossError(
    `${JSON.stringify(source)} has not lost ${JSON.stringify(file)} before it was read; it has lost ${known}`,
  )
}
