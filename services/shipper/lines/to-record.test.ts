import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { expect, test } from 'vitest'
import { toRecord } from './to-record.ts'

const ORIGIN = { source: 'gw', file: 'a' }

function identityOf(format: string, client: string, text: string, position: number) {
  const bytes = Buffer.from(text)
  const line = { position, lineBytes: bytes.length, bytes, oversized: false, terminated: true }
  const record = toRecord(line, openGatewayFormat(format, { client }), ORIGIN)
  if (record.kind !== 'request') throw new Error(`${text} is ${record.kind}`)
  const [event] = decodeRecord(record.value)
  return event?.kind === 'request' ? event.identity : null
}

/** Ids that a caller chose, in every place that a format has for one. */
const CHOSEN = '7fb3693f-4061-4070-95d4-3889aa8a22a5'
const json = JSON.stringify({
  ...{ msec: '1790000000.000', client_id: 'acme', status: '200', request_length: 1, bytes_sent: 2 },
  ...{ request_id: CHOSEN, http_x_request_id: CHOSEN, correlation_id: CHOSEN, identity: CHOSEN },
})
const common = `10.0.0.1 - acme [01/Oct/2026:00:00:00 +0200] "GET /?request_id=${CHOSEN} HTTP/1.1" 200 5`

test.each([
  ['nginx-json', 'client_id', json],
  ['common', 'remote_user', `${common} "${CHOSEN}"`],
  ['combined', 'remote_user', `${common} "-" "${CHOSEN}" "${CHOSEN}"`],
  ['combined-vhost', 'remote_user', `host:443 ${common} "-" "${CHOSEN}" "${CHOSEN}"`],
])(
  'two lines of %s with one request id are two requests, each known by its place',
  (format, client, text) => {
    for (const position of [0, 700]) {
      expect(identityOf(format, client, text, position)).toEqual({ kind: 'position', file: 'a', position })
    }
  },
)
