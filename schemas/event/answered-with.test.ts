import { expect, test } from 'vitest'
import { openGatewayFormat } from '../gateway/formats.ts'
import { decodeRecord } from '../wire/decode.ts'
import { readStatus } from './answered-with.ts'

const JSON_LINE = { msec: '1792065600.500', client_id: 'acme', request_length: 40, bytes_sent: 60 }
const combinedLine = (user: string, status: string) =>
  `192.0.2.1 - ${user} [15/Oct/2026:12:00:00 +0200] "GET /?q=the%20status%20is%20200 HTTP/1.1" ${status} 60 "-" "-"`
const LONG_NAME = 'a'.repeat(257)

function tell(rejected: { kind: string; reason?: string; detail?: string } | undefined) {
  const { kind, reason, detail = '' } = rejected ?? { kind: 'nothing' }
  return [reason ?? kind, readStatus(detail)]
}

test.each([
  [{ client_id: '', status: 401 }, ['client_missing', 401]],
  [{ client_id: '-', status: '403' }, ['client_missing', 403]],
  [{ client_id: undefined, status: '000' }, ['client_missing', 0]],
  [{ client_id: '', status: 200 }, ['client_missing', 200]],
  [{ client_id: LONG_NAME, status: 404 }, ['client_invalid', 404]],
  [{ integration_id: LONG_NAME, status: 404 }, ['integration_invalid', 404]],
  [{ status: 407 }, ['client_unauthenticated', 407]],
  [{ client_id: '' }, ['client_missing', null]],
  [{ client_id: '', status: 'often' }, ['client_missing', null]],
])('a JSON line with %o is rejected with what it was answered with: %o', (fields, expected) => {
  const line = Buffer.from(JSON.stringify({ ...JSON_LINE, ...fields }))
  expect(tell(openGatewayFormat('nginx-json').parseLine(line))).toEqual(expected)
})

test.each([
  ['-', '401', ['client_missing', 401]],
  ['-', '200', ['client_missing', 200]],
  ['acme', '401', ['client_unauthenticated', 401]],
  ['-', '-', ['client_missing', 0]],
])('and so is a combined line of user %s and status %s: %o', (user, status, expected) => {
  const format = openGatewayFormat('combined', { client: 'remote_user' })
  expect(tell(format.parseLine(Buffer.from(combinedLine(user, status))))).toEqual(expected)
})

test('and so is a record of a gateway that sends by itself', () => {
  const event = { source: 'kong', client_id: '', time: 1_792_065_600_500, status: 401 }
  const record = Buffer.from(JSON.stringify({ ...event, request_bytes: 1, response_bytes: 2 }))
  expect(tell(decodeRecord(record)[0])).toEqual(['client_missing', 401])
})
