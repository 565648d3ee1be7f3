import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decompress, recogniseCompression } from './decompress.ts'

const text = Buffer.from(Array.from({ length: 20_000 }, (_, number) => `line ${number}\n`).join(''))

async function read(compression: 'gzip' | 'zstd', chunks: readonly Buffer[]): Promise<Buffer> {
  async function* raw() {
    yield* chunks
  }
  const parts: Buffer[] = []
  for await (const part of decompress(compression, raw())) parts.push(part)
  return Buffer.concat(parts)
}

function cut(content: Buffer, bytes: number): Buffer[] {
  return Array.from({ length: Math.ceil(content.length / bytes) }, (_, index) =>
    content.subarray(index * bytes, (index + 1) * bytes),
  )
}

const compressed = {
  gzip: (content: Buffer) => gzipSync(content),
  zstd: (content: Buffer) => zstdCompressSync(content),
}

test.each(['gzip', 'zstd'] as const)(
  '%s: however it is cut, and in how many parts it was made',
  async kind => {
    const whole = compressed[kind](text)
    const parts = Buffer.concat(cut(text, 50_000).map(part => compressed[kind](part)))
    for (const content of [whole, parts]) {
      expect(recogniseCompression(content)).toBe(kind)
      for (const bytes of [1_000, 4_096, content.length]) {
        expect((await read(kind, cut(content, bytes))).equals(text)).toBe(true)
      }
    }
    expect((await read(kind, cut(compressed[kind](Buffer.from('a\n')), 1))).toString()).toBe('a\n')
  },
)

test.each(['gzip', 'zstd'] as const)(
  '%s: cut off anywhere, or with something else behind it, it fails',
  async kind => {
    const whole = compressed[kind](text)
    const twice = Buffer.concat([whole, whole])
    for (const length of [
      1,
      2,
      5,
      20,
      whole.length - 1,
      whole.length + 1,
      whole.length + 5,
      twice.length - 1,
    ]) {
      await expect(read(kind, [twice.subarray(0, length)]), `${length}`).rejects.toThrow()
    }
    await expect(read(kind, [whole, Buffer.from('something else')])).rejects.toThrow()
  },
)

test('what comes of a little is given out bit by bit', async () => {
  const zeros = gzipSync(Buffer.alloc(50_000_000))
  let largest = 0
  let bytes = 0
  async function* raw() {
    yield zeros
  }
  for await (const part of decompress('gzip', raw())) {
    largest = Math.max(largest, part.length)
    bytes += part.length
  }
  expect(bytes).toBe(50_000_000)
  expect(largest).toBeLessThanOrEqual(64 * 1024)
})
