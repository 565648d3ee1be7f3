import type { Store } from '@forbruk/infra/store/store.ts'
import { type RejectedEventRow, rejectedEvents } from '@forbruk/infra/store/tables/rejected-events.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { type Coordinates, RejectedEventError, showCoordinates } from './coordinates.ts'
import { MAY_BELONG_TO_MONTH, monthParams } from './may-belong.ts'
import { IS_ANSWERED_WITH } from './read-rejected.ts'

/** Which rejected events are meant: some by their places, or the month's of one reason. */
export type Selection =
  | readonly Coordinates[]
  | {
      readonly reason: string
      /** What they were answered with; none: with anything, or nothing known. */
      readonly statuses: readonly number[]
      readonly range: PeriodRange
    }

const { list, shape } = select(
  rejectedEvents,
  'partition',
  'offset',
  'eventIndex',
  'block',
  'reason',
  'source',
  'events',
  'state',
)
/** An event, or a sum of some of its record. */
export type RejectedEvent = Coordinates &
  Pick<RejectedEventRow, 'block' | 'reason' | 'source' | 'events' | 'state'>

const ORDER = 'ORDER BY partition, offset, event_index'

/** The events that are meant, in the log's order. Throws RejectedEventError for a place where none is. */
export async function findRejected(
  store: Store,
  stream: string,
  selection: Selection,
): Promise<RejectedEvent[]> {
  if ('reason' in selection) {
    const { reason, statuses, range } = selection
    const sql = `
SELECT ${list} FROM rejected_events
WHERE reason = {reason:String} AND ${IS_ANSWERED_WITH} AND ${MAY_BELONG_TO_MONTH} ${ORDER}`
    return store.query(sql, shape, { ...monthParams(stream, range), reason, statuses })
  }
  const places = selection.map(showCoordinates)
  const found = await store.query(
    `SELECT ${list} FROM rejected_events
     WHERE stream = {stream:String} AND (partition, offset, event_index) IN
       (SELECT (p, o, i) FROM (SELECT
          arrayJoin(arrayZip({partitions:Array(UInt32)}, {offsets:Array(UInt64)}, {indexes:Array(UInt32)})) AS place,
          place.1 AS p, place.2 AS o, place.3 AS i))
     ${ORDER}`,
    shape,
    {
      stream,
      partitions: selection.map(({ partition }) => partition),
      offsets: selection.map(({ offset }) => offset),
      indexes: selection.map(({ eventIndex }) => eventIndex),
    },
  )
  const known = new Set(found.map(showCoordinates))
  const unknown = places.filter(place => !known.has(place))
  if (unknown.length === 0) return found
  throw new RejectedEventError(
    `no rejected event of ${stream} stands at ${unknown.slice(0, 5).join(', ')}; ` +
      'forbruk rejected list shows where they stand',
  )
}
