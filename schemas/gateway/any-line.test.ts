import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Declaration } from './declaration.ts'
import { DECLARATIONS, findDeclaration } from './declarations.ts'
import { openGatewayFormat } from './formats.ts'
import type { DeclaredFormat, ParsedLine } from './gateway-format.ts'
import { Unreadable } from './syntax/field-reader.ts'
import { readTokenFields } from './syntax/tokens.ts'

/** What must hold of every format, whatever is on the line. */

const ENVELOPED = ['', 'syslog+', 'cri+', 'docker+']
const FORMATS: readonly DeclaredFormat[] = DECLARATIONS.flatMap(declaration =>
  ENVELOPED.map(envelope => openGatewayFormat(`${envelope}${declaration.format}`, chooseFields(declaration))),
)

/** A value of these is a list of requests. */
const LISTED = DECLARATIONS.filter(({ text }) => text.syntax === 'json' && text.list !== undefined).flatMap(
  ({ format }) => ENVELOPED.map(envelope => `${envelope}${format}`),
)

/** Those that are hardest to find: behind everything that a caller can write. */
function chooseFields({ client, fields, text }: Declaration) {
  if (text.syntax === 'tokens' && text.extras === true) return { client: 'extra1', integration: 'extra2' }
  return { client: client ?? Object.keys(fields).at(-1) }
}

const TIME = '01/Oct/2026:12:00:01 +0200'
const LINE = `192.0.2.7 - nordlys-as [${TIME}] "GET /a HTTP/1.1" 200 741 "-" "curl/8" "kunde" regnskap`
const JSON_LINE =
  '{"msec":"1790848801.000","client_id":"nordlys-as","status":"200","request_length":1,"bytes_sent":1}'

/** Pieces that lines of all these formats are made of, so that chance comes near to them. */
const piece = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    '\\"',
    '\\x22',
    ' ',
    '  ',
    '[',
    '] ',
    '] "',
    ' [',
    '-',
    '""',
    ':',
    ',',
    '{',
    '}',
    '\0',
  ),
  fc.constantFrom(
    '192.0.2.7',
    '::1',
    'gw-1',
    'gw-1:443',
    'nginx: ',
    TIME,
    '200',
    '000',
    'HTTP/1.1',
    '\ufeff',
  ),
  fc.constantFrom(
    '<190>',
    'Oct  1 12:00:01 gw-1 nginx: ',
    '2026-10-01T10:00:01Z',
    ' stdout F ',
    '{"log":"',
    '\\n"}',
  ),
  fc.constantFrom('"client_id":', '"status":', '"msec":"1790848801"', ':-', '000', LINE, JSON_LINE),
  fc.string({ maxLength: 5 }),
)
const text = fc.array(piece, { maxLength: 25 }).map(pieces => pieces.join(''))
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  text.map(line => Buffer.from(line)),
  text.map(line => Buffer.from(line, 'latin1')),
)

test.each(FORMATS.map(format => [format.name, format] as const))(
  '%s answers to any line, and never throws',
  (_, format) => {
    fc.assert(
      fc.property(bytes, raw => {
        const parsed = format.parseLine(raw)
        expect(['request', 'blank', 'rejected']).toContain(parsed.kind)
        expect(format.parseLine(raw)).toEqual(parsed)
      }),
      { numRuns: 500 },
    )
  },
)

test('of a value every line is answered, in its order: nothing vanishes, and nothing is added', () => {
  const single = FORMATS.filter(({ openFile, name }) => openFile === undefined && !LISTED.includes(name))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), fc.constantFrom(...single), (lines, format) => {
      const oneLine = lines.map(each => each.replaceAll('\n', ' '))
      const answers = format.parseValue(Buffer.from(oneLine.map(each => `${each}\n`).join('')))
      expect(answers).toEqual(oneLine.map(each => format.parseLine(Buffer.from(each))))
    }),
    { numRuns: 2_000 },
  )
})

test('of a list every request is answered', () => {
  const { parseValue, parseLine } = openGatewayFormat('kong')
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 2, maxLength: 8 }), list => {
      const raw = Buffer.from(JSON.stringify(list))
      expect(parseValue(raw)).toHaveLength(list.length)
      expect(parseLine(raw)).toMatchObject({ kind: 'rejected', reason: 'line_not_json' })
    }),
  )
})

describe('nothing before a line becomes part of a client', () => {
  const CLIENTS = ['remote_user', 'remote_addr', 'extra1'] as const

  function check(prefix: string, format: string, client: (typeof CLIENTS)[number]): void {
    const { parseLine } = openGatewayFormat(format, { client })
    const whole = parseLine(Buffer.from(LINE))
    const parsed = parseLine(Buffer.from(`${prefix}${LINE}`))
    if (parsed.kind !== 'request') return
    // It is the line's own client, or none is counted.
    const own = ['nordlys-as', '192.0.2.7', 'kunde']
    expect(own, `${format} with ${client} behind ${JSON.stringify(prefix)}`).toContain(parsed.clientId)
    if (whole.kind === 'request') expect(parsed).toEqual(whole)
  }

  test.each([
    ['a server', 'api.example.test '],
    ['a server and its port', 'api.example.test:443 '],
    ['an address', '198.51.100.7 '],
    ['an address and a -', '198.51.100.7 - '],
    ['two of them', '198.51.100.7 - 198.51.100.8 - '],
    ['a list of addresses', '198.51.100.7, 198.51.100.8, '],
    ['a list without spaces', '198.51.100.7,'],
    ['syslog', 'Oct  1 12:00:01 gw-1 nginx: '],
    ['syslog with a number', 'Oct 11 12:00:01 gw-1 nginx[7]: '],
    ['syslog with a priority', '<190>Oct  1 12:00:01 gw-1 nginx: '],
    ['syslog of RFC 5424', '<190>1 2026-10-01T12:00:01Z gw-1 nginx 7 - - '],
    ['a container', '2026-10-01T10:00:01.151Z stdout F '],
    ['a composed container', 'nginx-1  | '],
    ['a level', 'INFO '],
    ['a level and a -', 'INFO - '],
    ['a level and two', 'INFO - - '],
    ['a level in brackets', '[INFO] '],
    ['a time in brackets', `[${TIME}] `],
    ['a time and more', `gw-1 - - [${TIME}] `],
    ['a file name', 'access.log:'],
    ['a -', '- '],
    ['two', '- - '],
    ['a quoted word', '"gw-1" '],
    ['nothing in quotes', '"" '],
    ['something glued on', 'x'],
  ])('%s', (_, prefix) => {
    for (const format of ['combined', 'common', 'combined-vhost', 'syslog+combined', 'cri+combined']) {
      for (const client of CLIENTS) check(prefix, format, client)
    }
  })

  test('whatever it is', () => {
    const word = fc.stringMatching(/^[-\w.:,[\]"<>|()/]{1,12}$/)
    const prefix = fc.oneof(
      fc.array(word, { minLength: 1, maxLength: 6 }).map(words => `${words.join(' ')} `),
      fc
        .array(fc.oneof(word, fc.constantFrom('-', '192.0.2.8', `[${TIME}]`)), { minLength: 1, maxLength: 6 })
        .map(words => `${words.join(' ')} `),
      // Glued on, a :: would make another address of it.
      text.filter(some => !some.includes('nordlys-as')).map(some => `${some} `),
    )
    fc.assert(
      fc.property(
        prefix,
        fc.constantFrom('combined', 'common', 'combined-vhost'),
        fc.constantFrom(...CLIENTS),
        check,
      ),
      { numRuns: 5_000 },
    )
  })
})

test('what is accepted, written as a line again, is read as the same', () => {
  const inBytes = (name: string) => `"${Buffer.from(name).toString('hex').replace(/../g, '\\x$&')}"`
  const render = (parsed: ParsedLine & { kind: 'request' }) => {
    const utc = new Date(parsed.timeMs).toUTCString()
    const time = `${utc.slice(5, 16).replaceAll(' ', '/')}:${utc.slice(17, 25)} +0000`
    const { status, responseBytes, clientId, integrationId } = parsed
    return `- - - [${time}] "" ${status} ${responseBytes} ${inBytes(clientId)} ${inBytes(integrationId)}`
  }
  const format = openGatewayFormat('common', { client: 'extra1', integration: 'extra2' })
  let accepted = 0
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('nordlys-as', 'fjord as'),
  )
  const status = fc.constantFrom('-', '0', '-1', '000', '009', '', '200', '404', '599', '600', '999', '7')
  const line = fc
    .tuple(name, name, name, status, fc.constantFrom('-', '0', '741', ''))
    .map(([user, client, integration, code, sent]) => {
      const rest = `${inBytes(client)} ${inBytes(integration)}`
      return `192.0.2.7 - ${user} [${TIME}] "GET / HTTP/1.1" ${code} ${sent} ${rest}`
    })
  fc.assert(
    fc.property(line, raw => {
      const parsed = format.parseLine(Buffer.from(raw))
      if (parsed.kind !== 'request') return
      accepted += 1
      expect(format.parseLine(Buffer.from(render(parsed)))).toEqual(parsed)
    }),
    { numRuns: 2_000 },
  )
  expect(accepted).toBeGreaterThan(200)
})

describe('time is linear in the length of a line', () => {
  /** A text that counts the characters it was looked at. */
  class CountedText {
    steps = 0
    readonly text: string
    readonly length: number
    constructor(whole: string) {
      this.text = whole
      this.length = whole.length
    }
    indexOf(wanted: string, from = 0): number {
      const found = this.text.indexOf(wanted, from)
      this.steps += 1 + Math.max(0, (found === -1 ? this.length : found) - from)
      return found
    }
    lastIndexOf(wanted: string, from = this.length): number {
      const found = this.text.lastIndexOf(wanted, from)
      this.steps += 1 + from - Math.max(0, found)
      return found
    }
    startsWith(wanted: string, from: number): boolean {
      this.steps += wanted.length
      return this.text.startsWith(wanted, from)
    }
    charCodeAt(at: number): number {
      this.steps += 1
      return this.text.charCodeAt(at)
    }
    slice(from: number, to?: number): string {
      const part = this.text.slice(from, to)
      this.steps += part.length
      return part
    }
  }

  const combined = findDeclaration('combined')?.text
  if (combined?.syntax !== 'tokens') throw new Error('combined is not made of tokens')
  const COMBINED = readTokenFields(combined, ['time_local', 'status', 'body_bytes_sent'])
  const FIELDS_READ = ['remote_user', 'extra32'].map(name => COMBINED.field(name))

  function countSteps(line: string): number {
    const counted = new CountedText(line)
    // It has all the methods of a text that the tokenizer uses; another one would throw.
    const asText = counted as unknown as string
    const cut = COMBINED.cut(asText)
    if (!(cut instanceof Unreadable)) for (const read of FIELDS_READ) read?.(cut)
    return counted.steps
  }

  const START = '192.0.2.7 - '
  const HEAD = `${START}a [${TIME}] "`
  const pathological: [string, (times: number) => string][] = [
    ['brackets', times => `${START}${' ['.repeat(times)}`],
    ['closed brackets', times => `${START}${' [] '.repeat(times)}"`],
    ['quotes', times => `${START}${'"'.repeat(times)}`],
    ['backslashes', times => `${HEAD}${'\\'.repeat(times)}`],
    ['escaped quotes', times => `${HEAD}${'\\"'.repeat(times)}`],
    ['backslashes and quotes', times => `${HEAD}${'\\\\\\"'.repeat(times)}`],
    ['spaces', times => `${HEAD}" 200 1${' '.repeat(times)}`],
    ['empty fields', times => `${HEAD}" 200 1${' ""'.repeat(times)}`],
    ['open fields', times => `${HEAD}" 200 1 "${'\\"'.repeat(times)}`],
  ]

  test.each(pathological)('of combined: %s', (_, render) => {
    for (const times of [100, 10_000]) {
      const line = render(times)
      expect(countSteps(line)).toBeLessThan(8 * line.length + 500)
    }
  })

  test('of combined: whatever it is', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), fc.boolean(), (pieces, isStarted) => {
        const line = `${isStarted ? HEAD : START}${pieces.join('')}`
        expect(countSteps(line)).toBeLessThan(8 * line.length + 500)
      }),
    )
  })

  // The regular expressions of the JSON mender and of the envelopes have no two ways to match the same text. Were one
  // quadratic, a line of the length that a shipper reads at most would take it hours.
  const LONG = 1024 * 1024
  const fill = (unit: string, before = '', after = '') => before + unit.repeat(LONG / unit.length) + after
  test.each([
    ['escaped quotes in an open text', fill('\\"', '{"a":"')],
    ['open texts', fill('"a\\"', '{')],
    ['bytes', fill('\\x22', '{"a":"', '"}x')],
    ['backslashes', fill('\\', '{"a":"')],
    ['colons', fill(': ', '{')],
    ['spaces behind a colon', fill(' ', '{"a":', 'x')],
    ['zeros', fill('0', '{"a":', 'x')],
    ['bare -', fill('- ', '{"a":')],
    ['open brackets', fill('[', '{"a":')],
    ['repeated keys', fill('"client_id":1,', '{', '"a":1}')],
    ['white space behind texts', fill('"client_id"   ', '{')],
    ['a client of white space', fill(' ', '{"msec":1,"client_id":"', 'x"}')],
    ['a client of combining marks', fill('\u0301\u0316', '{"msec":1,"client_id":"a', '"}')],
    ['syslog of words', fill('a ', 'Oct  1 12:00:01 ')],
    ['syslog of data', fill('[a b="c"]', '<190>1 - - - - - ', 'x')],
    ['syslog of open data', fill('"', '<190>1 - - - - - [a b=', '')],
    ['syslog of backslashes', fill('\\"', '<190>1 - - - - - [a b="')],
    ['cri of tags', fill(':a', '2026-10-01T10:00:01Z stdout F')],
    ['docker that is open', fill('\\n', '{"log":"')],
    ['a host name', fill('a.')],
    ['a user of words', fill('a ', START, ` [${TIME}] "" 200 1`)],
    ['a user of addresses', fill('1.1.1.1,x ', START, ` [${TIME}] "" 200 1`)],
    ['NULs and marks', fill('\0\ufeff')],
  ])('of every format: %s', (_, line) => {
    const raw = Buffer.from(line)
    for (const format of FORMATS) expect(format.parseLine(raw).kind).not.toBe('request')
  })
})
