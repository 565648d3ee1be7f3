import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isName } from '../event/check-request.ts'
import { openGatewayFormat } from './formats.ts'
import { readName } from './read-name.ts'

describe('a name', () => {
  test.each([
    ['as it is', 'nordlys-as', 'nordlys-as'],
    ['with a space within', 'fjord as', 'fjord as'],
    ['of other letters', 'smørbrød-as', 'smørbrød-as'],
    ['without the white space around it', ' \t\u00a0\u2003nordlys-as\u3000\r\n', 'nordlys-as'],
    ['without a byte order mark', '\ufeffnordlys-as\ufeff', 'nordlys-as'],
    ['in one form of Unicode', 'A\u030angstro\u0308m', '\u00c5ngstr\u00f6m'],
    ['from a number', 4711, '4711'],
    ['of 256 bytes', 'ø'.repeat(128), 'ø'.repeat(128)],
  ])('%s', (_, value, name) => expect(readName(value)).toBe(name))

  test.each([[undefined], [null], [''], ['-'], [' '], [' - '], ['\ufeff'], ['\ufeff-\r\n']])(
    '%j is missing',
    value => expect(readName(value)).toBe(''),
  )

  test.each([
    ['a control character', 'nord\tlys'],
    ['a NUL behind it', 'nordlys\u0000'],
    ['a control character above ASCII', 'nord\u0085lys'],
    ['a byte order mark within', 'nord\ufefflys'],
    ['a width of nothing', 'nord\u200blys'],
    ['a soft hyphen', 'nord\u00adlys'],
    ['the direction turned', 'nord\u202elys'],
    ['a line separator', 'nord\u2028lys'],
    ['a space that is another', 'fjord\u00a0as'],
    ['half a character', 'nord\ud800'],
    ['a joiner of graphemes', 'nord\u034flys'],
    ['a filler', 'nord\u3164lys'],
    ['a filler of half the width', 'nord\uffa0'],
    ['nothing but a filler', '\u115f'],
    ['a vowel that is not written', 'nord\u17b4'],
    ['a variant', 'nord\ufe0f'],
    ['another variant', 'nord\u{e0100}'],
    ['a variant of Mongolian', 'nord\u180b'],
    ['a blank of Braille', 'nord\u2800lys'],
    ['no character', 'nord\ufdd0'],
    ['a code point that nobody has given a sign', 'nord\u0378'],
    ['broken UTF-8', 'nord\ufffd'],
    ['257 bytes', `${'ø'.repeat(128)}x`],
    ['a list', ['nordlys-as']],
    ['an object', {}],
    ['a truth', true],
    ['a fraction', 1.5],
  ])('%s is doubtful', (_, value) => expect(readName(value)).toMatchObject({ kind: 'doubtful' }))

  test('is read once for all: what comes out goes in, and the log takes it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        const name = readName(text)
        if (typeof name !== 'string' || name === '') return
        expect(readName(name)).toBe(name)
        expect(isName(name)).toBe(true)
        expect(name).toBe(name.trim().normalize('NFC'))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('every format reads names alike', () => {
  const fields = { client: 'extra1', integration: 'extra2' }
  const bytesOf = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '\\x$&')
  const formats: [string, (client: string, integration: string) => string, typeof fields | undefined][] = [
    [
      'combined',
      (client, integration) =>
        `192.0.2.7 - - [01/Oct/2026:00:00:00 +0200] "-" 200 1 "-" "-" "${bytesOf(client)}" "${bytesOf(integration)}"`,
      fields,
    ],
    [
      'nginx-json',
      (client_id, integration_id) =>
        JSON.stringify({
          msec: '1790848801',
          client_id,
          integration_id,
          status: 200,
          request_length: 1,
          bytes_sent: 1,
        }),
      undefined,
    ],
  ]

  test.each(formats)('%s', (format, render, chosen) => {
    const { parseLine } = openGatewayFormat(format, chosen)
    const parse = (client: string, integration: string) => parseLine(Buffer.from(render(client, integration)))
    expect(parse(' A\u030as\ufeff', '\u00a0regnskap ')).toMatchObject({
      clientId: '\u00c5s',
      integrationId: 'regnskap',
    })
    expect(parse('a\u200bb', '')).toMatchObject({ reason: 'client_invalid' })
    expect(parse('a', 'a\u200bb')).toMatchObject({ reason: 'integration_invalid' })
    expect(parse('ø'.repeat(129), '')).toMatchObject({ reason: 'client_invalid' })
    expect(parse(' - ', 'a')).toMatchObject({ reason: 'client_missing' })
  })
})
