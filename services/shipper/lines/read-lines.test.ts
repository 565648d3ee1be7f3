import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOf, LINE_BYTES_MAX, LINE_START_BYTES, type Line, LineSplitter } from './read-lines.ts'

function split(chunks: readonly Buffer[], position = 0): Line[] {
  const splitter = new LineSplitter(position)
  const lines: Line[] = []
  for (const chunk of chunks) {
    splitter.push(chunk)
    for (let line = splitter.next(); line !== null; line = splitter.next()) lines.push(line)
  }
  const last = splitter.end()
  return last === null ? lines : [...lines, last]
}

test('however the content is cut into chunks, its lines are the same and lie end to end', () => {
  const content = fc
    .array(fc.constantFrom('\n', 'a', 'bc', '\r\n', 'ø'))
    .map(parts => Buffer.from(parts.join('')))
  fc.assert(
    fc.property(content, fc.array(fc.nat(50)), fc.nat(1000), (whole, cuts, start) => {
      const edges = [0, ...cuts.map(cut => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b)
      const chunks = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge))
      const lines = split(chunks, start)
      expect(lines.map(line => line.bytes.toString())).toEqual(
        whole.length === 0 ? [] : whole.toString().replace(/\n$/, '').split('\n'),
      )
      let position = start
      for (const line of lines) {
        expect(line.position).toBe(position)
        position = endOf(line)
      }
      expect(position).toBe(start + whole.length)
    }),
  )
})

describe('a hole of NULs', () => {
  const whole = 'a\0\0\nb\n\0\0\0c\n\0'

  test('takes neither what stands before it nor what follows, however the content is cut into chunks', () => {
    for (let first = 0; first <= whole.length; first++) {
      for (let second = first; second <= whole.length; second++) {
        const chunks = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)]
        const lines = split(chunks.map(chunk => Buffer.from(chunk)))
        expect(
          lines.map(line => [line.position, line.bytes.toString(), line.lineBytes, line.terminated]),
        ).toEqual([
          [0, 'a', 1, false],
          [1, '', 2, false],
          [3, '', 0, true],
          [4, 'b', 1, true],
          [6, '', 3, false],
          [9, 'c', 1, true],
          [11, '', 1, false],
        ])
      }
    }
  })

  test('of any size costs no line that follows', () => {
    const chunks = [...Array.from({ length: 20 }, () => Buffer.alloc(300_000)), Buffer.from('next\n')]
    const [hole, next] = split(chunks)
    expect(hole).toMatchObject({ position: 0, lineBytes: 6_000_000, oversized: false })
    expect(hole?.bytes).toHaveLength(0)
    expect(next).toMatchObject({ position: 6_000_000, oversized: false, terminated: true })
    expect(next?.bytes.toString()).toBe('next')
  })

  test('is waited for while it may go on', () => {
    const splitter = new LineSplitter(0)
    splitter.push(Buffer.alloc(3))
    expect(splitter.next()).toBeNull()
    expect(splitter.partialBytes).toBe(3)
  })
})

describe('a long line', () => {
  const chunk = Buffer.alloc(300_000, 'x')

  test('of just 1 MiB is whole', () => {
    const [line] = split([Buffer.alloc(LINE_BYTES_MAX, 'x'), Buffer.from('\n')])
    expect(line).toMatchObject({ oversized: false, lineBytes: LINE_BYTES_MAX, terminated: true })
    expect(line?.bytes.length).toBe(LINE_BYTES_MAX)
  })

  test.each([
    ['in one chunk', [Buffer.concat([Buffer.alloc(LINE_BYTES_MAX + 1, 'x'), Buffer.from('\nnext\n')])]],
    ['in many', [...Array.from({ length: 40 }, () => chunk), Buffer.from('\nnext\n')]],
  ])('above 1 MiB keeps its start and its length, %s', (_, chunks) => {
    const [line, next] = split(chunks)
    const lineBytes = chunks.reduce((sum, each) => sum + each.length, 0) - '\nnext\n'.length
    expect(line).toMatchObject({ oversized: true, lineBytes, position: 0, terminated: true })
    expect(line?.bytes.length).toBe(LINE_START_BYTES)
    expect(next).toMatchObject({ position: lineBytes + 1, oversized: false })
    expect(next?.bytes.toString()).toBe('next')
  })

  test('without a newline is delivered at the end alone', () => {
    const splitter = new LineSplitter(0)
    splitter.push(Buffer.from('half'))
    expect(splitter.next()).toBeNull()
    expect(splitter.partialBytes).toBe(4)
    expect(splitter.end()).toMatchObject({ terminated: false, lineBytes: 4 })
    expect(splitter.end()).toBeNull()
  })
})
