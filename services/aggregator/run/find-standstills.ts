import { countedPartitions } from '@forbruk/infra/ledger/blocks/stream.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'

/** How far a partition is counted by anybody, and how far it goes. */
type Place = {
  readonly partition: number
  /** Everything below is counted, as the ledger has it. */
  readonly nextOffset: number
  readonly endOffset: number
  /** Where another producer's open transaction began: nothing from there on can be read yet. Null: there is none. */
  readonly openFrom: number | null
  /** Null where it is counted; else how many are, which the topic has got more than, and nobody has agreed to. */
  readonly beyond: number | null
}

/** There are records to be counted, and nobody has counted any. */
export type Standstill = Place & { readonly standingMs: number }

/**
 * By what the ledger and the log say, which is the same for every process: a member of a group may hold a partition and
 * not get on, and who counts for another store doesn't count for this one.
 */
export async function readPlaces(
  ledger: Pick<LedgerReader, 'readStandings' | 'readStream' | 'readGrowths'>,
  log: Pick<EventLog, 'topic' | 'partitionCount' | 'bounds'>,
): Promise<Place[]> {
  const standings = await ledger.readStandings(log.topic)
  const stored = await ledger.readStream(log.topic)
  // Hears of partitions that the topic has got.
  await log.bounds(0)
  const { partitionCount } = log
  const counted =
    stored === null ? partitionCount : countedPartitions(stored, await ledger.readGrowths(log.topic))
  const partitions = Array.from({ length: partitionCount }, (_, partition) => partition)
  const bounds = await Promise.all(partitions.map(partition => log.bounds(partition)))
  return bounds.map(({ startOffset, endOffset, openFrom }, partition) => ({
    ...{ partition, endOffset, openFrom: openFrom ?? null, beyond: partition < counted ? null : counted },
    nextOffset: standings.get(partition)?.nextOffset ?? startOffset,
  }))
}

/** Looked at again and again, it tells which partitions stand still, and for how long. */
export class Standstills {
  readonly #standing = new Map<number, { readonly nextOffset: number; readonly sinceMs: number }>()

  /** @param nowMs of a clock that only goes forward */
  look(places: readonly Place[], nowMs: number): Standstill[] {
    return places.flatMap(place => {
      const { partition, nextOffset, endOffset } = place
      if (nextOffset >= endOffset) {
        this.#standing.delete(partition)
        return []
      }
      const known = this.#standing.get(partition)
      if (known?.nextOffset === nextOffset) return [{ ...place, standingMs: nowMs - known.sinceMs }]
      this.#standing.set(partition, { nextOffset, sinceMs: nowMs })
      return [{ ...place, standingMs: 0 }]
    })
  }
}

/** What to ask, of a standstill that has no other reason. */
const WHO_COUNTS =
  'is forbruk up or forbruk aggregate running, for this topic and this store? Its log says what it waits for'

/** @param counted how many partitions are */
export function describeUncounted(counted: number): string {
  return (
    `the topic has got more partitions than the ${counted} that are counted; ` +
    'if that was meant, run forbruk stream grow'
  )
}

/** Why, as far as it can be told from outside. */
export function describeStandstill({
  partition,
  nextOffset,
  endOffset,
  openFrom,
  beyond,
  standingMs,
}: Standstill): string {
  const waiting = endOffset - nextOffset
  if (beyond !== null) {
    const records = `${waiting} ${waiting === 1 ? 'record waits' : 'records wait'} there`
    return `partition ${partition} is not counted, and ${records}: ${describeUncounted(beyond)}`
  }
  const what =
    `partition ${partition} has stood at offset ${nextOffset} for ${Math.round(standingMs / 1_000)} s, ` +
    `with ${waiting} ${waiting === 1 ? 'offset' : 'offsets'} to be counted`
  if (openFrom !== null && openFrom <= nextOffset) {
    return `${what}: a producer has a transaction open from offset ${openFrom} on, behind which nothing can be read`
  }
  return what
}

/** With what to ask. */
export function explainStandstill(standstill: Standstill): string {
  const what = describeStandstill(standstill)
  return standstill.beyond === null ? `${what}: ${WHO_COUNTS}` : what
}
