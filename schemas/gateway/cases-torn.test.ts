import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

/** Lines in which a field may be somebody else's: of a caller, of another line, of the field before. */

const TIME = '[01/Oct/2026:12:00:01 +0200]'
const CLF = `192.0.2.7 - u ${TIME} "GET / HTTP/1.1" 200 70 "-" "x"`
const OTHER = CLF.replace('- u', '- v')

function tell(parsed: ParsedLine): string {
  if (parsed.kind !== 'request') return parsed.kind === 'blank' ? 'blank' : parsed.reason
  const { clientId, status, requestBytes, responseBytes } = parsed
  return `${clientId} ${status} ${requestBytes + responseBytes}`
}

const read = (format: string, client: string | undefined, line: string, integration?: string) =>
  tell(openGatewayFormat(format, { client, integration }).parseLine(Buffer.from(line)))

function readFile(format: string, client: string, lines: readonly string[], header: string | null = null) {
  const file = openGatewayFormat(format, { client }).openFile?.(header)
  const told = lines.map(line => tell(file?.parseLine(Buffer.from(line)) ?? { kind: 'blank' }))
  return { told, header: file?.header() ?? null }
}

describe('a field that is there twice, of which one may be a caller’s', () => {
  const LINE = '{"msec":1790848801,"client_id":"a","app":"p","status":200,"request_length":1,"bytes_sent":69}'
  test.each([
    ['"status":401', 'status_invalid'],
    ['"status":200', 'status_invalid'],
    ['"bytes_sent":0', 'bytes_invalid'],
    ['"request_length":0', 'bytes_invalid'],
    ['"msec":1700000000', 'time_invalid'],
    ['"app":"q"', 'integration_invalid'],
    ['"client_id":"b"', 'client_invalid'],
    ['"st\\u0061tus":401', 'status_invalid'],
    ['"upstream_status":401', 'a 200 70'],
    ['"ua":"\\"status\\":401"', 'a 200 70'],
    ['"ua":"status"', 'a 200 70'],
    ['"more":{"status":401}', 'a 200 70'],
  ])('%s', (more, answer) => {
    expect(read('nginx-json', undefined, LINE.replace('}', `,${more}}`), 'app')).toBe(answer)
    expect(read('haproxy-json', undefined, LINE.replace('{', `{${more},`), 'app')).toBe(answer)
  })

  test('a slash that is written otherwise is the same', () => {
    const line = LINE.replace('}', ',"a/b":"x","a\\/b":"y"}')
    expect(read('nginx-json', 'a/b', line)).toBe('client_invalid')
  })
})

describe('another line within the line: one of the two is lost, and neither is counted', () => {
  test.each([
    ['glued on', CLF + OTHER],
    ['behind a carriage return', `${CLF}\r${OTHER}`],
    ['behind a space', `${CLF} ${OTHER}`],
    ['within the agent', CLF.slice(0, -2) + OTHER],
    ['within the referer', CLF.slice(0, CLF.indexOf('"-"') + 1) + OTHER],
    ['behind the bytes', `${CLF.slice(0, CLF.indexOf(' "-"'))} ${OTHER}`],
    ['with a fraction of a second', CLF + OTHER.replace('01 +', '01.123 +')],
    ['that was not answered', CLF + OTHER.replace(' 200', ' -')],
    ['of a quote', CLF + OTHER.replace('GET /', 'GET /\\"')],
  ])('%s', (_, line) => expect(read('combined', 'remote_user', line)).toBe('line_not_combined'))

  test.each([
    ['a time', CLF.replace('"x"', `"x ${TIME}"`)],
    ['a line with its quotes escaped', CLF.replace('"x"', `"${CLF.replaceAll('"', '\\"')}"`)],
    ['a line in NGINX’s bytes', CLF.replace('"x"', `"${CLF.replaceAll('"', '\\x22')}"`)],
    ['a time behind it', `${CLF} ${TIME}`],
    ['a time and a name behind it', `${CLF} ${TIME} "kunde" regnskap`],
  ])('what a caller or a format may write is none: %s', (_, line) =>
    expect(read('combined', 'remote_user', line)).toBe('u 200 70'),
  )
})

describe('a space too many before the status', () => {
  test.each(['  200 70', '  200 70 "-" "x"', '  70 -', '  - 70', '  0 200'])('%j shifts nothing', rest => {
    const line = `192.0.2.7 - u ${TIME} "GET / HTTP/1.1"${rest}`
    for (const format of ['combined', 'common', 'h2o']) {
      expect(read(format, 'remote_user', line)).toBe('line_not_combined')
    }
  })

  test('where nothing is too many, it is a status that is missing', () => {
    const line = `192.0.2.7 - u ${TIME} "GET / HTTP/1.1"  70 "-" "x"`
    expect(read('combined', 'remote_user', line)).toBe('u 0 70')
  })

  test('an empty user shifts nothing either', () => {
    expect(read('common', 'remote_addr', `192.0.2.7 -  ${TIME} "GET / HTTP/1.1" 200 70 12`)).toBe(
      '192.0.2.7 200 70',
    )
  })
})

describe('the end of a line that came in parts, whatever it looks like', () => {
  // Nothing is escaped, so that a caller can put a whole line where it will be cut.
  const SHOP = `192.0.2.9 - victim ${TIME} "GET / HTTP/1.1" 200 5`
  const CRI = '2026-10-01T10:00:01.151123456Z'
  const docker = (log: string, stream = 'stdout') => JSON.stringify({ log, stream, time: CRI })

  test('is none of its own', () => {
    expect(
      readFile('cri+common', 'remote_addr', [
        `${CRI} stdout P ${CLF}`,
        `${CRI} stderr F ${SHOP}`,
        `${CRI} stdout P ${SHOP}`,
        `${CRI} stdout F ${SHOP}`,
        `${CRI} stdout F ${SHOP}`,
      ]).told,
    ).toEqual(['line_truncated', '192.0.2.9 200 5', 'line_truncated', 'line_truncated', '192.0.2.9 200 5'])
    expect(
      readFile('docker+common', 'remote_addr', [docker(CLF), docker(`${SHOP}\n`), docker(`${SHOP}\n`)]).told,
    ).toEqual(['line_truncated', 'line_truncated', '192.0.2.9 200 5'])
  })

  test('also where reading goes on in the middle of it', () => {
    const { header } = readFile('cri+common', 'remote_addr', [`${CRI} stdout P ${CLF}`])
    const { told, header: after } = readFile('cri+common', 'remote_addr', [`${CRI} stdout F ${SHOP}`], header)
    expect([told, after]).toEqual([['line_truncated'], null])
  })

  test('beside the columns that the file has named', () => {
    const fields = '#Fields: date time cs-username sc-status sc-bytes cs-bytes'
    const line = `${CRI} stdout F 2026-10-01 12:00:01 fjord 200 5 9`
    const { header } = readFile('cri+iis', 'cs-username', [
      `${CRI} stdout F ${fields}`,
      `${CRI} stdout P 2026`,
    ])
    expect(readFile('cri+iis', 'cs-username', [line, line], header).told).toEqual([
      'line_truncated',
      'fjord 200 14',
    ])
  })

  test('of one value of a topic as well', () => {
    const { parseValue } = openGatewayFormat('cri+common', { client: 'remote_addr' })
    const value = `${CRI} stdout P ${CLF}\n${CRI} stdout F ${SHOP}\n`
    expect(parseValue(Buffer.from(value)).map(tell)).toEqual(['line_truncated', 'line_truncated'])
  })

  test('several lines in one of Docker’s are not the first of them', () => {
    expect(read('docker+combined', 'remote_user', docker(`${CLF}\n${OTHER}\n`))).toBe('line_not_combined')
    expect(read('docker+combined', 'remote_user', docker(`${CLF}\r\n\n`))).toBe('u 200 70')
  })
})

test('a header of W3C’s that is written oddly names columns, and what is no directive is no comment', () => {
  const COLUMNS = 'date time cs-username sc-status sc-bytes cs-bytes'
  const line = '2026-10-01 12:00:01 fjord 200 5 9'
  for (const header of ['#Fields', '##Fields:', '# #Fields:', '#FIELDS'])
    expect(readFile('iis', 'cs-username', [`#Fields: date time`, `${header} ${COLUMNS}`, line]).told).toEqual(
      ['blank', 'blank', 'fjord 200 14'],
    )
  expect(
    readFile('iis', 'cs-username', [`#Fields: ${COLUMNS}`, `#${line}`, '#Date: now', '#Remark: a']).told,
  ).toEqual(['blank', 'time_invalid', 'blank', 'blank'])
})

test('events of two sources are never one', () => {
  const idOf = (source: string, id: string) => {
    const event = { subject: 'a', source, id, time: '2026-10-01T12:00:01Z', data: { status: 200 } }
    const parsed = openGatewayFormat('cloudevents').parseLine(Buffer.from(JSON.stringify(event)))
    return parsed.kind === 'request' ? parsed.requestId : parsed.kind
  }
  expect(idOf('gw a', 'b')).not.toBe(idOf('gw', 'a b'))
  expect(idOf('/gw', 'b')).toBe('/gw b')
})
