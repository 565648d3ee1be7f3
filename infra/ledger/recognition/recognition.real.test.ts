import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { openMigrated } from '../../../test/support/store/open-migrated.ts'
import { insertValues } from '../../store/insert-values.ts'
import type { Store } from '../../store/store.ts'
import { recognitionProgress } from '../../store/tables/recognition-progress.ts'
import { type RepeatedRequest, repeatedRequest } from '../../store/tables/repeated-request.ts'
import { requestIdentity } from '../../store/tables/request-identity.ts'
import { usageRollup } from '../../store/tables/usage-rollup.ts'
import { readUses, readUsesByDay, sumUses } from '../usage/usage.ts'
import {
  countUnknown,
  type IdentityPlace,
  readAlike,
  readRecognised,
  readRecognition,
  readRepeated,
} from './recognition.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.parse('2026-10-01T00:00:00Z')
const RANGE = { startMs: START_MS, endMs: START_MS + 24 * HOUR_MS }
const BOTH_CLIENTS = { sql: "SELECT arrayJoin(['fjell', 'fjord'])", params: {} }
const RUNS = { numRuns: 15 }
let store: Store
let streams = 0
const newStream = () => `stream-${++streams}`

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  return opened.close
}, 60_000)

/** Places in the log that differ, each with an hour and an id of few. */
const occurrences = fc.uniqueArray(
  fc.record({
    hour: fc.nat({ max: 2 }),
    id: fc.nat({ max: 5 }),
    client: fc.constantFrom('fjord', 'fjell'),
    partition: fc.nat({ max: 2 }),
    offset: fc.nat({ max: 20 }),
    eventIndex: fc.nat({ max: 1 }),
    appended: fc.nat({ max: 3 }),
  }),
  { maxLength: 25, selector: ({ partition, offset, eventIndex }) => `${partition} ${offset} ${eventIndex}` },
)
type Occurrence = typeof occurrences extends fc.Arbitrary<readonly (infer One)[]> ? One : never

const nameOf = ({ hour, id }: Occurrence) => `${hour} ${id}`

function toRepeated(stream: string, { hour, id, client, appended, ...place }: Occurrence): RepeatedRequest {
  return {
    ...{ ...place, stream, hourMs: START_MS + hour * HOUR_MS, idHash: BigInt(id), requestId: `id-${id}` },
    ...{ appendTimeMs: START_MS + appended, source: 'gw', clientId: client, integrationId: '' },
    ...{ statusClass: '2xx', requestBytes: place.offset, responseBytes: 1, isKnown: true },
  }
}

test('of requests with one id the first by append time, then by its place, counts, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(occurrences, async all => {
      const stream = newStream()
      const counted = all.map(each => toRepeated(stream, each))
      await insertValues(
        store,
        usageRollup,
        counted.map(row => ({
          ...{
            clientId: row.clientId,
            hourMs: row.hourMs,
            integrationId: '',
            statusClass: row.statusClass,
            stream,
          },
          // A block of its own for each.
          ...{ partition: row.partition, block: row.offset * 10 + row.eventIndex, lastOffset: row.offset },
          ...{ requests: 1n, requestBytes: BigInt(row.requestBytes), responseBytes: 1n },
        })),
      )
      const groups = [...Map.groupBy(all, nameOf).values()]
      const repeated = groups.filter(group => group.length > 1).flat()
      // Twice: whoever writes a row writes the same one.
      for (let times = 0; times < 2; times++)
        await insertValues(
          store,
          repeatedRequest,
          repeated.map(each => toRepeated(stream, each)),
        )
      const first = groups.flatMap(group => group.toSorted(inOrder).slice(0, 1))
      const expected = ['fjell', 'fjord'].flatMap(client => {
        const own = first.filter(each => each.client === client)
        const requestBytes = own.reduce((sum, { offset }) => sum + offset, 0)
        return own.length === 0 ? [] : [[client, own.length, requestBytes, own.length]]
      })
      const uses = await readUses(store, stream, RANGE)
      const found = uses.map(use => [
        use.clientId,
        ...[use.requests, use.requestBytes, use.responseBytes].map(Number),
      ])
      expect(found).toEqual(expected)
      const bytes = first.reduce((sum, { offset }) => sum + offset + 1, 0)
      const sums = { requests: BigInt(first.length), bytes: BigInt(bytes) }
      expect(await sumUses(store, stream, RANGE)).toEqual(sums)
      const days = await readUsesByDay(store, stream, RANGE, 'UTC', BOTH_CLIENTS)
      expect(days.map(day => [day.clientId, day.day, Number(day.requests), Number(day.bytes)])).toEqual(
        expected.map(([client, requests, requestBytes, responseBytes]) => [
          ...[client, '2026-10-01', requests],
          Number(requestBytes) + Number(responseBytes),
        ]),
      )
    }),
    RUNS,
  )
}, 120_000)

function inOrder(one: Occurrence, other: Occurrence): number {
  return (
    one.appended - other.appended ||
    one.partition - other.partition ||
    one.offset - other.offset ||
    one.eventIndex - other.eventIndex
  )
}

test('ids that share hour and hash are found, with one at least beyond what is settled, some at a time', async () => {
  const offsets = fc.array(fc.nat({ max: 22 }), { minLength: 3, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(occurrences, offsets, offsets, async (all, from, to) => {
      const stream = newStream()
      const rows = all.map(each => toRepeated(stream, each))
      for (let times = 0; times < 2; times++) await insertValues(store, requestIdentity, rows)
      const below = rows.filter(({ partition, offset }) => offset < (to[partition] ?? 0))
      const expected = [...Map.groupBy(below, row => `${row.hourMs} ${row.idHash}`).values()]
        .filter(group => group.length > 1)
        .filter(group => group.some(({ partition, offset }) => offset >= (from[partition] ?? 0)))
        .flat()
      const found: IdentityPlace[] = []
      const hoursMs = [0, 1, 2].map(hour => START_MS + hour * HOUR_MS)
      for (let after: IdentityPlace | null = null; ; ) {
        const question = { stream, hoursMs, after, from, to, hashesMax: 2 }
        const places: IdentityPlace[] = await readAlike(store, question)
        expect(new Set(places.map(place => `${place.hourMs} ${place.idHash}`)).size).toBeLessThanOrEqual(2)
        found.push(...places)
        after = places.at(-1) ?? null
        if (after === null) break
      }
      const ofSeveral = [...Map.groupBy(found, place => `${place.hourMs} ${place.idHash}`).values()].filter(
        group => group.length > 1,
      )
      expect(ofSeveral.flat().map(describePlace)).toEqual(expected.map(describePlace).sort())
    }),
    RUNS,
  )
}, 120_000)

function describePlace({ hourMs, idHash, partition, offset, eventIndex }: IdentityPlace): string {
  return [hourMs, idHash, partition, String(offset).padStart(2, '0'), eventIndex].join(' ')
}

test('what is known of repeated ids is read by hours and hashes, the largest too', async () => {
  const stream = newStream()
  const row = (hour: number, idHash: bigint) => ({
    ...toRepeated(stream, {
      hour,
      id: 0,
      client: 'fjord',
      partition: 0,
      offset: 0,
      eventIndex: 0,
      appended: 0,
    }),
    idHash,
  })
  const largest = 2n ** 64n - 1n
  await insertValues(store, repeatedRequest, [row(0, 7n), row(0, largest), row(1, 0n), row(1, 9n)])
  const hourMs = START_MS + HOUR_MS
  const read = async (first: bigint, last: bigint) => {
    const from = { hourMs: START_MS, idHash: first }
    const found = await readRepeated(store, stream, from, { hourMs, idHash: last })
    return found.map(each => each.idHash).sort()
  }
  expect(await read(7n, 9n)).toEqual([0n, largest, 7n, 9n].sort())
  expect(await read(8n, 8n)).toEqual([0n, largest].sort())
})

test('nothing is settled any more where rows were lost; what could not be compared is said', async () => {
  const stream = newStream()
  const of = (offset: number, fields: Partial<RepeatedRequest> = {}) => ({
    ...toRepeated(stream, {
      hour: 0,
      id: 1,
      client: 'fjord',
      partition: 0,
      offset,
      eventIndex: 0,
      appended: 0,
    }),
    ...fields,
  })
  const nothing = { sequence: 0, nextOffsets: [], isWhole: true }
  expect(await readRecognition(store, stream)).toEqual(nothing)
  const progress = { stream, nextOffsets: [8, 9], repeated: 2n }
  await insertValues(store, recognitionProgress, [{ ...progress, sequence: 2 }])
  await insertValues(store, recognitionProgress, [{ ...progress, sequence: 1, nextOffsets: [50, 50] }])
  expect(await readRecognition(store, stream)).toEqual({ sequence: 2, nextOffsets: [8, 9], isWhole: false })
  await insertValues(store, repeatedRequest, [of(1), of(2), of(3, { isKnown: false })])
  expect(await readRecognition(store, stream)).toMatchObject({ isWhole: true })
  expect(await readRecognised(store, stream)).toEqual({ copies: 1n, unknown: 1n, offsetsBehind: 0 })
  expect(await countUnknown(store, stream, RANGE)).toBe(1)
  expect(await countUnknown(store, stream, { startMs: RANGE.endMs, endMs: RANGE.endMs + HOUR_MS })).toBe(0)
  await insertValues(store, repeatedRequest, [of(3)])
  await insertValues(store, repeatedRequest, [of(3, { isKnown: false })])
  expect(await readRecognised(store, stream)).toMatchObject({ copies: 2n, unknown: 0n })
})
