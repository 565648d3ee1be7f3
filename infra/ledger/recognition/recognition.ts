import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Store } from '../../store/store.ts'
import { bool, count64, listOf, safeCount, secondTime } from '../../store/tables/codec.ts'
import { type RepeatedRequest, repeatedRequest } from '../../store/tables/repeated-request.ts'
import { type RequestIdentity, requestIdentity } from '../../store/tables/request-identity.ts'
import { select, shapeOf, type Values } from '../../store/tables/table.ts'
import { IN_RANGE, rangeParams } from '../blocks/range.ts'

/** One for each partition, by its number. */
export type Offsets = readonly number[]

/** Up to where repeated request ids are settled. */
export type Recognition = {
  /** Of what says so; 0 while nothing does. */
  readonly sequence: number
  /** Empty while they never were. */
  readonly nextOffsets: Offsets
  /** The rows that it speaks of are there. */
  readonly isWhole: boolean
}

export async function readRecognition(store: Store, stream: string): Promise<Recognition> {
  const [row] = await store.query(
    `SELECT sequence, next_offsets, repeated <= (${REPEATED}) AS is_whole
     FROM recognition_progress WHERE stream = {stream:String} ORDER BY sequence DESC LIMIT 1`,
    shapeOf({ sequence: safeCount, nextOffsets: listOf(safeCount), isWhole: bool }),
    { stream },
  )
  return row ?? { sequence: 0, nextOffsets: [], isWhole: true }
}

/** Below which offset every repeated request id of a partition is subtracted. Pure. */
export function settledTo(
  { nextOffsets, isWhole }: Pick<Recognition, 'nextOffsets' | 'isWhole'>,
  partition: number,
): number {
  return isWhole ? (nextOffsets[partition] ?? 0) : 0
}

/** Those that nobody can compare any more as well: with one of them less, nobody would know of it. */
const REPEATED = 'SELECT count() FROM repeated_request FINAL WHERE stream = {stream:String}'

/** How many places are told to hold a repeated request id, or one that can't be compared. */
export async function countRepeated(store: Store, stream: string): Promise<bigint> {
  const [row] = await store.query(`SELECT (${REPEATED}) AS repeated`, shapeOf({ repeated: count64 }), {
    stream,
  })
  return row?.repeated ?? 0n
}

const IDENTITY_BLOCK = {
  partition: safeCount,
  block: safeCount,
  nextOffset: safeCount,
  identityHoursMs: listOf(secondTime),
}

/** A block that holds request ids, and the hours of their events. */
export type IdentityBlock = Values<typeof IDENTITY_BLOCK>

/** Those that reach beyond the offsets. */
export function readIdentityBlocks(store: Store, stream: string, beyond: Offsets): Promise<IdentityBlock[]> {
  return store.query(
    `SELECT partition, block, next_offset, identity_hours
     FROM block_ledger FINAL
     WHERE stream = {stream:String} AND identities > 0 AND next_offset > {beyond:Array(UInt64)}[partition + 1]`,
    shapeOf(IDENTITY_BLOCK),
    { stream, beyond },
  )
}

/** By what the identities of a stream are ordered. */
export type HourAndHash = Pick<RequestIdentity, 'hourMs' | 'idHash'>

export type AlikeQuestion = {
  readonly stream: string
  /** In order. */
  readonly hoursMs: readonly number[]
  /** Only what comes after it, in the order of hours and hashes. */
  readonly after: HourAndHash | null
  /** Of two alike, one at least stands at or beyond these offsets. */
  readonly from: Offsets
  /** Nothing at or beyond these is looked at. */
  readonly to: Offsets
  readonly hashesMax: number
}

/** Where a request id stands, by its hash. */
export type IdentityPlace = Omit<RequestIdentity, 'stream'>

/**
 * Every place of the first request ids that share their hour and hash, in the order of these. A row that a replay wrote
 * again counts as another until it is merged, so a group may have one place. Rows come in the table's order, and each
 * is held against the one before: a group with a new row has one that is new, or follows a new one. So memory doesn't
 * grow with an hour.
 */
export function readAlike(store: Store, question: AlikeQuestion): Promise<IdentityPlace[]> {
  const { stream, hoursMs, after, from, to, hashesMax } = question
  const { list, shape } = select(requestIdentity, 'hourMs', 'idHash', 'partition', 'offset', 'eventIndex')
  return store.query(
    `SELECT DISTINCT ${list}
     FROM request_identity
     WHERE stream = {stream:String} AND ${BELOW} AND (hour, id_hash) IN
     (
        SELECT hour, id_hash
        FROM
        (
            SELECT
                hour,
                id_hash,
                offset >= {from:Array(UInt64)}[partition + 1] AS is_new,
                lagInFrame(id_hash) OVER before AS hash_before,
                lagInFrame(is_new) OVER before AS is_new_before,
                row_number() OVER before > 1 AS is_second
            FROM request_identity
            WHERE stream = {stream:String} AND hour IN {hours:Array(UInt32)} AND ${BELOW} ${after === null ? '' : AFTER}
            WINDOW before AS (ORDER BY hour, id_hash ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        )
        WHERE is_second AND id_hash = hash_before AND (is_new OR is_new_before)
        ORDER BY hour, id_hash
        LIMIT 1 BY hour, id_hash
        LIMIT {hashes_max:UInt32}
     )
     ORDER BY hour, id_hash, partition, offset, event_index`,
    shape,
    {
      stream,
      hours: hoursMs.map(hourMs => hourMs / 1_000),
      after_hour: (after?.hourMs ?? 0) / 1_000,
      after_hash: (after?.idHash ?? 0n).toString(),
      from,
      to,
      hashes_max: hashesMax,
    },
  )
}

const AFTER = `
AND hour >= {after_hour:UInt32} AND (hour > {after_hour:UInt32} OR id_hash > {after_hash:UInt64})`
const BELOW = 'offset < {to:Array(UInt64)}[partition + 1]'

/** What is known of repeated request ids from one hour and hash to another, both included. */
export function readRepeated(
  store: Store,
  stream: string,
  first: HourAndHash,
  last: HourAndHash,
): Promise<RepeatedRequest[]> {
  const { list, shape } = select(repeatedRequest)
  return store.query(
    `SELECT ${list} FROM repeated_request FINAL
     WHERE stream = {stream:String} AND hour >= {first_hour:UInt32} AND hour <= {last_hour:UInt32}
        AND (hour > {first_hour:UInt32} OR id_hash >= {first_hash:UInt64})
        AND (hour < {last_hour:UInt32} OR id_hash <= {last_hash:UInt64})`,
    shape,
    {
      stream,
      first_hour: first.hourMs / 1_000,
      first_hash: first.idHash.toString(),
      last_hour: last.hourMs / 1_000,
      last_hash: last.idHash.toString(),
    },
  )
}

/** All of the stream. */
export function readAllRepeated(store: Store, stream: string): Promise<RepeatedRequest[]> {
  const { list, shape } = select(repeatedRequest)
  return store.query(`SELECT ${list} FROM repeated_request FINAL WHERE stream = {stream:String}`, shape, {
    stream,
  })
}

/** What became of request ids that were counted more than once. */
export type Recognised = {
  /** Counted requests that usage is read without, since another has the same id and came first. */
  readonly copies: bigint
  /** Counted requests that can't be compared with another of their hash any more: nothing is subtracted for them. */
  readonly unknown: bigint
  /** Offsets with request ids that are counted, and where repeated ones are not settled yet. */
  readonly offsetsBehind: number
}

export async function readRecognised(store: Store, stream: string): Promise<Recognised> {
  const [row] = await store.query(
    `SELECT countIf(is_known) - uniqExactIf((hour, request_id), is_known) AS copies, countIf(NOT is_known) AS unknown
     FROM repeated_request FINAL WHERE stream = {stream:String}`,
    shapeOf({ copies: count64, unknown: count64 }),
    { stream },
  )
  const recognition = await readRecognition(store, stream)
  const ends = await store.query(
    `SELECT partition, max(next_offset) AS next_offset FROM block_ledger FINAL
     WHERE stream = {stream:String} AND identities > 0 GROUP BY partition`,
    shapeOf({ partition: safeCount, nextOffset: safeCount }),
    { stream },
  )
  const behind = ends.map(({ partition, nextOffset }) =>
    Math.max(0, nextOffset - settledTo(recognition, partition)),
  )
  const offsetsBehind = behind.reduce((sum, offsets) => sum + offsets, 0)
  return { copies: row?.copies ?? 0n, unknown: row?.unknown ?? 0n, offsetsBehind }
}

/** Of the range, the counted requests that can't be compared with another of their hash any more. */
export async function countUnknown(store: Store, stream: string, range: PeriodRange): Promise<number> {
  const [row] = await store.query(
    `SELECT count() AS requests FROM repeated_request FINAL
     WHERE stream = {stream:String} AND NOT is_known AND ${IN_RANGE}`,
    shapeOf({ requests: safeCount }),
    { stream, ...rangeParams(range) },
  )
  return row?.requests ?? 0
}
