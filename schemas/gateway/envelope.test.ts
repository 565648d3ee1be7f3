import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'

const LINE = '192.0.2.7 - nordlys-as [01/Oct/2026:12:00:01 +0200] "GET /a HTTP/1.1" 200 741 "-" "curl/8"'
const USER = { client: 'remote_user' }

function parse(format: string, line: string) {
  return openGatewayFormat(format, USER).parseLine(Buffer.from(line))
}

const docker = (log: string) => JSON.stringify({ log, stream: 'stdout', time: '2026-10-01T10:00:01.151Z' })

const SOUND: [string, string][] = [
  ['syslog', `Oct  1 12:00:01 gw-1 nginx: ${LINE}`],
  ['syslog', `Oct 11 12:00:01 gw-1 nginx[25450]: ${LINE}`],
  ['syslog', `<190>Oct  1 12:00:01 gw-1 nginx: ${LINE}`],
  ['syslog', `<190>Oct  1 12:00:01 nginx: ${LINE}`],
  ['syslog', `<190>Oct 01 12:00:01 2001:db8::7 nginx: ${LINE}`],
  ['syslog', `2026-10-01T12:00:01.151000+02:00 gw-1.example.com nginx: ${LINE}`],
  ['syslog', `2026-10-01T12:00:01+0200 gw-1 haproxy[1]: ${LINE}`],
  ['syslog', `<190>1 2026-10-01T12:00:01.151Z gw-1 nginx 25450 - - ${LINE}`],
  ['syslog', `<190>1 - - - - - - ${LINE}`],
  ['syslog', `<190>1 2026-10-01T12:00:01Z gw-1 nginx - ID47 [a@1 b="c] \\" d"][e f="g"] \ufeff${LINE}`],
  ['cri', `2026-10-01T10:00:01.151123456Z stdout F ${LINE}`],
  ['cri', `2026-10-01T10:00:01.151123456+02:00 stderr F ${LINE}`],
  ['docker', docker(`${LINE}\n`)],
  ['docker', docker(`${LINE}\r\n`)],
]

describe('a line is taken out of', () => {
  test.each(SOUND)('%s: %s', (envelope, text) => {
    expect(parse(`${envelope}+combined`, text)).toEqual(parse('combined', LINE))
  })

  test.each(SOUND)('%s, only when that was asked for, and the answer says so: %s', (envelope, text) => {
    expect(parse('combined', text)).toMatchObject({
      reason: 'line_not_combined',
      detail: expect.stringContaining(`it begins as ${envelope} has it: try --format ${envelope}+`),
    })
  })
})

test('JSON in an envelope', () => {
  const json = '{"msec":"1790848801","client_id":"a","status":"200","request_length":1,"bytes_sent":1}'
  const { parseLine } = openGatewayFormat('docker+nginx-json')
  expect(parseLine(Buffer.from(docker(`${json}\n`)))).toMatchObject({ kind: 'request', clientId: 'a' })
  expect(openGatewayFormat('nginx-json').parseLine(Buffer.from(docker(`${json}\n`)))).toMatchObject({
    reason: 'client_missing',
    detail: expect.stringContaining('docker+'),
  })
})

test.each([
  ['cri', `2026-10-01T10:00:01Z stdout P ${LINE}`],
  ['docker', docker(LINE)],
])('a part of a line is told from a whole one: %s', (envelope, text) => {
  expect(parse(`${envelope}+combined`, text)).toMatchObject({ reason: 'line_truncated' })
})

test.each([
  ['cri', '2026-10-01T10:00:01Z stdout F '],
  ['docker', docker('\n')],
  ['syslog', 'Oct  1 12:00:01 gw-1 nginx: '],
])('%s around nothing is blank', (envelope, text) => {
  expect(parse(`${envelope}+combined`, text)).toEqual({ kind: 'blank' })
})

test.each([
  ['syslog', LINE],
  ['syslog', `Okt  1 12:00:01 gw-1 ${LINE}`],
  ['syslog', `Oct  1 12:00:01 gw-1 other words nginx: ${LINE}`],
  ['cri', LINE],
  ['cri', `2026-10-01 stdout F ${LINE}`],
  ['docker', LINE],
  ['docker', '{"log":"a'],
  ['docker', '{"log":1}'],
])('what is not as %s has it is rejected: %s', (envelope, text) => {
  expect(parse(`${envelope}+combined`, text)).toMatchObject({ kind: 'rejected', reason: 'line_not_combined' })
})

test('only one envelope is taken off: what is inside a line is the line', () => {
  expect(parse('syslog+combined', `Oct  1 12:00:01 a b: Oct  1 12:00:01 a b: ${LINE}`)).toMatchObject({
    reason: 'line_not_combined',
  })
})
