import { expect, test } from 'vitest'
import { sourceMarkV2 } from './avro-types.ts'
import { decodeRecord } from './decode.ts'
import { encodeSingleObject } from './single-object.ts'

const GONE = { reason: 'gone', path: '/a', sinceMs: 1_759_269_600_000 }
const MARK = {
  ...{ source: 'gw1', file: 'ab', position: 7, eventsTotal: 3 },
  ...{ throughMs: 1_759_269_600_123, format: 'combined' },
}

function markOf(obstacles: readonly (typeof GONE)[]): Buffer {
  return encodeSingleObject(sourceMarkV2, { ...MARK, obstacles, obstaclesTotal: obstacles.length })
}

/** As Avro writes a long. */
function longOf(value: bigint): Buffer {
  const bytes: number[] = []
  for (let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...bytes, Number(left)])
    bytes.push(Number((left & 127n) | 128n))
  }
}

/** The same mark, whose array says that it has another count. An empty array is the byte before the last one. */
function markCounting(count: Buffer): Buffer {
  const empty = markOf([])
  return Buffer.concat([empty.subarray(0, -2), count, empty.subarray(-2)])
}

test.each([2n ** 20n, 2n ** 31n, 2n ** 52n, -(2n ** 52n)])('a count of %s is refused at once', count => {
  expect(decodeRecord(markCounting(longOf(count)))).toMatchObject([{ reason: 'avro_malformed' }])
})

test('so is one in a second block, behind a whole one', () => {
  const whole = markOf([GONE])
  const blocks = Buffer.concat([whole.subarray(0, -2), longOf(2n ** 40n), whole.subarray(-2)])
  expect(decodeRecord(blocks)).toMatchObject([{ reason: 'avro_malformed' }])
})

test('what is as it says is read, also in blocks that tell their length', () => {
  expect(decodeRecord(markOf([GONE, GONE]))).toMatchObject([
    { obstacles: { total: 2, listed: [GONE, GONE] } },
  ])
  const [empty, whole] = [markOf([]), markOf([GONE])]
  const item = whole.subarray(empty.length - 1, -2)
  const told = Buffer.concat([empty.subarray(0, -2), longOf(-1n), longOf(BigInt(item.length)), item])
  expect(decodeRecord(Buffer.concat([told, Buffer.from([0, 2])]))).toMatchObject([
    { obstacles: { total: 1, listed: [GONE] } },
  ])
})
