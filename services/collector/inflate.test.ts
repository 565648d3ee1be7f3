import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { rejection } from '../../test/support/wait/rejection.ts'
import { inflate, readEncoding } from './inflate.ts'
import { RefusedError } from './refusal.ts'

const BODY = Buffer.from('{"a":1}\n'.repeat(100))
const compressed = { gzip: gzipSync(BODY), zstd: zstdCompressSync(BODY), identity: BODY }

test.each(['gzip', 'zstd', 'identity'] as const)('%s is inflated whole', async encoding => {
  expect(await inflate(compressed[encoding], encoding, BODY.length)).toEqual(BODY)
})

test.each(['gzip', 'zstd'] as const)('%s in several members is one body', async encoding => {
  const twice = Buffer.concat([compressed[encoding], compressed[encoding]])
  expect(await inflate(twice, encoding, 2 * BODY.length)).toHaveLength(2 * BODY.length)
})

test.each(['gzip', 'zstd'] as const)('what %s cuts off, damages or blows up is refused', async encoding => {
  const whole = compressed[encoding]
  const damaged = Buffer.from(whole)
  damaged.fill(0x55, 12, 20)
  const refused = async (body: Buffer, bytesMax = BODY.length) => {
    const error = await rejection(inflate(body, encoding, bytesMax))
    return error instanceof RefusedError ? error.refusal.status : error
  }
  expect(await refused(whole.subarray(0, whole.length - 5))).toBe(400)
  expect(await refused(damaged)).toBe(400)
  expect(await refused(Buffer.concat([whole, Buffer.from('and something else')]))).toBe(400)
  expect(await refused(Buffer.concat([whole, whole]))).toBe(413)
  expect(await refused(Buffer.from('not compressed at all'))).toBe(400)
  expect(await refused(Buffer.alloc(0))).toBe(400)
  expect(await refused(whole, BODY.length - 1)).toBe(413)
})

test('a body of ever so many frames is refused', async () => {
  const nothing = zstdCompressSync(Buffer.alloc(0))
  const error = await rejection(inflate(Buffer.concat(new Array(1_000).fill(nothing)), 'zstd', BODY.length))
  expect(error.message).toContain('more than 100 frames')
})

test('a bomb is inflated no further than there is room', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1_048_576))
  expect(bomb.length).toBeLessThan(100_000)
  const before = process.memoryUsage().arrayBuffers
  await rejection(inflate(bomb, 'gzip', 1_048_576))
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1_048_576)
})

test.each([
  [undefined, 'identity'],
  ['GZIP', 'gzip'],
  ['zstd', 'zstd'],
] as const)('the encoding %s is %s', (header, encoding) => {
  expect(readEncoding(header)).toBe(encoding)
})

test.each(['br', 'deflate', 'gzip, gzip', 'x'])('the encoding %s is not known', header => {
  expect(() => readEncoding(header)).toThrow(RefusedError)
})
