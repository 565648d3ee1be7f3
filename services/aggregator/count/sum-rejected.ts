import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import type { RejectedRow } from '@forbruk/infra/store/tables/rejected-event.ts'
import { readStatus } from '@forbruk/schemas/event/answered-with.ts'
import type { RejectedLine } from '@forbruk/schemas/event/log-event.ts'
import { keepExcerpt, makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import type { RejectedEvent } from './describe-rejected.ts'

/** What is stored of rejected events, without the place of their block. */
export type StoredRejected = Omit<RejectedRow, 'stream' | 'partition' | 'block'>

/** So many of a record's events have rows of their own: enough to see what is wrong with it. */
const ROWS_OF_THEIR_OWN_MAX = 16

/**
 * Pure: the rows of one record's rejected events, in order, at least one event. Those beyond the first 16 are summed by
 * reason and status, which is what gate, rules and people ask for: at most some hundreds of rows, whatever a record
 * holds. All share one excerpt, the record's; of a line that a shipper could not read, the shipper's.
 * @param isSummed whether the fold version sums at all
 * @param line null where the record is no such line
 */
export function sumRejected(
  record: LogRecord,
  events: readonly RejectedEvent[],
  line: RejectedLine | null,
  isSummed: boolean,
): StoredRejected[] {
  const { offset, appendTimeMs, value } = record
  const excerpt = line === null ? makeExcerpt(value ?? '') : keepExcerpt(line.excerpt)
  const ofRecord = { offset, appendTimeMs, excerpt, recordBytes: line?.lineBytes ?? value?.length ?? 0 }
  const alone = isSummed ? events.slice(0, ROWS_OF_THEIR_OWN_MAX) : events
  const sums = Map.groupBy(events.slice(alone.length), keyOf).values()
  return [...alone.map(event => [event]), ...sums].map(group => ({ ...ofRecord, ...toRow(group) }))
}

function keyOf({ reason, detail }: RejectedEvent): string {
  return `${reason} ${readStatus(detail) ?? ''}`
}

type Row = Omit<StoredRejected, 'offset' | 'appendTimeMs' | 'excerpt' | 'recordBytes'>

/** Stands where the first of them stands. */
function toRow(group: readonly RejectedEvent[]): Row {
  const [first] = group
  const last = group.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('a sum of no rejected events')
  const eventsOfSources = group.filter(({ source, file }) => source !== '' || file !== '').length
  if (group.length === 1) return { ...first, eventTimeLastMs: first.eventTimeMs, events: 1, eventsOfSources }
  const times = group.flatMap(({ eventTimeMs }) => eventTimeMs ?? [])
  const hasTimes = times.length > 0
  const isOfOne = (field: 'source' | 'file') => group.every(event => event[field] === first[field])
  return {
    eventIndex: first.eventIndex,
    eventTimeMs: hasTimes ? Math.min(...times) : null,
    eventTimeLastMs: hasTimes ? Math.max(...times) : null,
    reason: first.reason,
    detail: `${group.length} events of the record, up to [${last.eventIndex}]; the first: ${first.detail}`,
    source: isOfOne('source') ? first.source : '',
    file: isOfOne('file') ? first.file : '',
    position: null,
    events: group.length,
    eventsOfSources,
  }
}
