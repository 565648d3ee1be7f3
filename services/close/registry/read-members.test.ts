import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinText, readMembers, UploadMalformedError } from './read-members.ts'

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function read(body: string | Uint8Array, size = 7): Promise<(readonly [string, string])[]> {
  const members: (readonly [string, string])[] = []
  for await (const { name, pieces } of readMembers(cut(Buffer.from(body), size))) {
    members.push([name, await joinText(pieces, Number.POSITIVE_INFINITY)])
  }
  return members
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\r', 'n', 'r', 'ø', '\u{1f41f}', ',', ':', '}') }),
)
const name = fc.string({ unit: 'grapheme', maxLength: 10 }).filter(each => each !== '__proto__')

test('what JSON.parse reads, in whatever pieces it comes and however it is spelled', async () => {
  const spelling = fc.constantFrom<(document: object) => string>(
    document => JSON.stringify(document),
    document => JSON.stringify(document, null, 2),
    document => JSON.stringify(document).replace(/[\u007f-\uffff]/g, escaped),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, text),
      spelling,
      fc.integer({ min: 1, max: 40 }),
      async (document, spell, size) => {
        expect(await read(spell(document), size)).toEqual(Object.entries(JSON.parse(spell(document))))
      },
    ),
    { numRuns: 500 },
  )
})

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

test('any bytes are read as JSON.parse reads them, or refused where it refuses them', async () => {
  const token = fc.constantFrom(
    ...[
      '{',
      '}',
      '"',
      ':',
      ',',
      '"a"',
      '"b":"c"',
      '\\n',
      '\\u00',
      '\\"',
      'x',
      ' ',
      '\t',
      '\u0000',
      '1',
      'null',
    ],
  )
  await fc.assert(
    fc.asyncProperty(fc.array(token, { maxLength: 12 }), fc.nat(4), async (tokens, size) => {
      const body = tokens.join('')
      const outcome = await read(body, size + 1).catch(error => error)
      if (isObjectOfTexts(body)) expect(Object.fromEntries(outcome)).toEqual(JSON.parse(body))
      else expect(outcome).toBeInstanceOf(UploadMalformedError)
    }),
    { numRuns: 2_000 },
  )
})

function isObjectOfTexts(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return false
    return Object.values(parsed).every(value => typeof value === 'string')
  } catch {
    return false
  }
}

test('what is not read of a text is skipped, and a text is never there as a whole', async () => {
  const long = 'one line\n'.repeat(100_000)
  const body = Buffer.from(JSON.stringify({ first: long, second: 'x' }))
  const names: string[] = []
  for await (const { name, pieces } of readMembers(cut(body, 65_536))) {
    names.push(name)
    if (name === 'second') expect(await joinText(pieces, 1)).toBe('x')
    for await (const piece of pieces) {
      expect(piece.length).toBeLessThan(200_000)
      break
    }
  }
  expect(names).toEqual(['first', 'second'])
})

test('a text without line ends is given up early, and the rest of the body is still taken', async () => {
  const taken: number[] = []
  const body = async function* () {
    yield Buffer.from('{"clients":"')
    for (let piece = 0; piece < 100; piece += 1) {
      taken.push(piece)
      yield Buffer.alloc(65_536, 'x')
    }
  }
  await expect(
    buffer(
      (async function* () {
        for await (const { pieces } of readMembers(body())) for await (const piece of pieces) yield piece
      })(),
    ),
  ).rejects.toThrow('the body is no JSON object of texts: a line of more than 524288 bytes')
  expect(taken).toHaveLength(100)
})
