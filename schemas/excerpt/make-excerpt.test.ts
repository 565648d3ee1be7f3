import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SECRET_SHAPES, spellings } from '../../test/support/excerpt/secret-shapes.ts'
import { openGatewayFormat } from '../gateway/formats.ts'
import { decodeRecord } from '../wire/decode.ts'
import { keepExcerpt, makeExcerpt } from './make-excerpt.ts'

const WINDOW_CHARACTERS = 6
/** Of six characters in a row so many letters or digits: signs alone tell nothing. */
const TELLING_CHARACTERS = 4
/** Of each shape: with all of them some thousand secrets. */
const RUNS = 20
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const textOf = (characters: string, lengths: { minLength: number; maxLength: number }) =>
  fc.array(fc.constantFrom(...characters), lengths).map(all => all.join(''))
const secret = fc.oneof(
  textOf(ALPHANUMERIC, { minLength: 10, maxLength: 40 }),
  textOf(`${ALPHANUMERIC}-_.~+/=`, { minLength: 10, maxLength: 60 }),
  textOf(`${ALPHANUMERIC}!$%&*?^@#`, { minLength: 10, maxLength: 20 }),
  textOf('0123456789abcdef', { minLength: 32, maxLength: 64 }),
  textOf('123456789', { minLength: 11, maxLength: 16 }),
  textOf('bcdefghijklmnøåæéßжшкла漢字', { minLength: 10, maxLength: 20 }),
  fc.uuid(),
)

/** Six characters in a row of a secret, however it is spelled. */
function windowsOf(hidden: string): string[] {
  return spellings(hidden).flatMap(spelled =>
    [...Array(Math.max(0, spelled.length - WINDOW_CHARACTERS + 1)).keys()]
      .map(at => spelled.slice(at, at + WINDOW_CHARACTERS))
      .filter(window => (window.match(/[\p{L}\p{N}]/gu) ?? []).length >= TELLING_CHARACTERS),
  )
}

const formats = [openGatewayFormat('nginx-json'), openGatewayFormat('combined', { client: 'remote_user' })]

/** All that is kept of a line or a record when it is rejected. */
function keptOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const lines = formats.map(format => format.parseLine(bytes))
  const details = [...lines, ...decodeRecord(bytes)].flatMap(each => ('detail' in each ? [each.detail] : []))
  return [makeExcerpt(text), makeExcerpt(bytes), keepExcerpt(text), ...details]
}

describe('no six characters of a secret are kept, in excerpt or detail', () => {
  test('the shapes are many', () => expect(Object.keys(SECRET_SHAPES).length).toBeGreaterThanOrEqual(137))

  test.each(Object.entries(SECRET_SHAPES))('%s', (_, shape) => {
    fc.assert(
      fc.property(secret, fc.nat(), (hidden, cut) => {
        // A disk that was full, or the longest line that is looked at.
        const keptOfShape = (one: string) => {
          const text = shape(one)
          return [...keptOf(text), makeExcerpt(text.slice(0, cut % text.length))].join('\n')
        }
        const kept = keptOfShape(hidden)
        // What is said of any other secret as well, such as how a time is written, says nothing of this one.
        const said = keptOfShape(hidden.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '3'))
        expect(
          windowsOf(hidden).find(window => kept.includes(window) && !said.includes(window)),
          kept,
        ).toBeUndefined()
      }),
      { numRuns: RUNS },
    )
  })

  test.each([
    [
      '{"name":"Authorization","value":"Bearer hemmelig.ord"}',
      'JSON: {"name":"Authorization","value":"Bearer a{8}.aaa"}',
    ],
    ['["x-api-key","a1b2c3d4e5"]', 'JSON: ["x-api-key","x{10}"]'],
    ['user:p@ss@host', 'text: user:a@aa@host'],
    ['01019012345', 'text: 9{11}'],
    ['010190 12345', 'text: 9{6} 9{5}'],
  ])('%s', (text, excerpt) => expect(makeExcerpt(text)).toBe(excerpt))

  test('of the lines that real programs wrote, nothing that its client has sent', () => {
    const folder = new URL('../../test/samples/gateways/', import.meta.url)
    const sent = [
      'nordlys-as',
      'fjord as',
      'smørbrød',
      'back\\slash',
      'key-nordlys',
      'key-fjord',
      'key-quote',
    ]
    let lines = 0
    for (const name of readdirSync(folder).filter(file => file.endsWith('.log.gz'))) {
      for (const line of gunzipSync(readFileSync(new URL(name, folder)))
        .toString()
        .split('\n')) {
        const excerpt = makeExcerpt(line)
        for (const each of sent) expect(excerpt).not.toContain(each)
        lines += 1
      }
    }
    expect(lines).toBeGreaterThan(3_000)
  })
})

describe('what helps to mend a format is kept', () => {
  test.each([
    [
      'names, kinds and where JSON breaks',
      '{"msec":"1759269600.123","client_id":"nordlys-as","path":"/api/v1/orders?limit=5","status":"20',
      'JSON that breaks at 94, expected the end of a text: {"msec":"9{10}.999","client_id":"a{7}-aa",' +
        '"path":"/api/xx/a{6}?a{5}=9","status":"99',
    ],
    [
      'how a time is written, and the status',
      '10.0.0.1 - bob [01/Oct/2026:00:00:00 +0200] "GET /a/b?x=1 HTTP/1.1" 404 512 "-" "curl/8.1"',
      'text: 99.9.9.9 - aaa [99/aaa/9999:99:99:99 +9999] "GET /a/a?a=9 HTTP/9.9" 404 999 "-" "aaaa/9.9"',
    ],
    [
      'names however they are written, and others by their shape',
      '{"clientId":"x","CLIENT_ID":7,"kunde-nr":null,"ok":true}',
      'JSON: {"clientId":"a","CLIENT_ID":9,"a{5}-aa":null,"aa":true}',
    ],
    ['one status', '{"status":404,"upstream_status":404}', 'JSON: {"status":404,"upstream_status":999}'],
    ['nothing', '', 'text: '],
    ['only signs', '\u0000\u0001\u0002\u0003\u0004', 'text: ???*{2}'],
  ])('%s', (_, text, excerpt) => expect(makeExcerpt(text)).toBe(excerpt))

  test('what stands around the place where it breaks, however far behind', () => {
    const excerpt = makeExcerpt(`{"log":"${'ord '.repeat(300)}","client_id":abc,"status":200}`)
    expect(excerpt).toMatch(/^JSON that breaks at 1222, expected a value: \{"log":"aaa aaa /)
    expect(excerpt).toContain('…')
    expect(excerpt).toContain('"client_id":aaa,"status":200}')
  })

  test('of bytes in a form of ours, that they are', () => {
    expect(makeExcerpt(Buffer.from([0xc3, 0x01, 1, 2]))).toBe('bytes')
  })
})

test('anything gives at most 240 characters of ASCII and …, once and for all', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 8_192 }),
    fc.string({ unit: 'binary', maxLength: 6_000 }),
    fc.json().map(text => text.repeat(3)),
    fc.constantFrom(...'{["a1-_ \u00e9\\').map(text => text.repeat(9_000)),
  )
  fc.assert(
    fc.property(anything, raw => {
      const excerpt = makeExcerpt(raw)
      expect(excerpt.length).toBeLessThanOrEqual(240)
      expect(excerpt).toMatch(/^[ -~…]*$/)
      if (excerpt !== 'bytes') expect(keepExcerpt(excerpt)).toBe(excerpt)
    }),
    { numRuns: 500 },
  )
})

test('an excerpt that an older release made, or anybody else, is made anew', () => {
  expect(keepExcerpt('{"msec":"1759269600.123","client_id":"nordlys-as"')).toBe(
    'JSON that breaks at 49, expected a comma or the end of an object: {"msec":"9{10}.999","client_id":"a{7}-aa"',
  )
  expect(keepExcerpt('JSON: {"client_id":"nordlys"}')).toBe('text: aaaa: {"client_id":"a{7}"}')
})
