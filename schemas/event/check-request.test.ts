import { expect, test } from 'vitest'
import { EVENT_BYTES_MAX, findRequestFault, type RequestFields } from './check-request.ts'

const sound: RequestFields = {
  source: 'gateway-1',
  identity: { kind: 'position', file: 'f', position: 0 },
  clientId: 'c',
  integrationId: '',
  timeMs: 1_759_269_600_000,
  status: 200,
  requestBytes: 0,
  responseBytes: 0,
}

test.each<[Partial<RequestFields>]>([
  [{}],
  [{ source: '' }],
  [{ clientId: 'x'.repeat(256) }],
  [{ timeMs: 946_684_800_000 }],
  [{ timeMs: 4_102_444_799_999 }],
  [{ status: 0 }],
  [{ status: 100 }],
  [{ status: 599 }],
  [{ requestBytes: EVENT_BYTES_MAX }],
  [{ identity: { kind: 'none' } }],
])('%j is sound', changed => expect(findRequestFault({ ...sound, ...changed })).toBeNull())

test.each<[Partial<RequestFields>, string]>([
  [{ clientId: '' }, 'client'],
  [{ clientId: 'x'.repeat(257) }, 'client'],
  [{ clientId: 'a\u007f' }, 'client'],
  [{ clientId: 'a\ufffd' }, 'client'],
  [{ clientId: '\ud800' }, 'client'],
  [{ integrationId: 'a\tb' }, 'integration'],
  [{ timeMs: 946_684_799_999 }, 'time'],
  [{ timeMs: 4_102_444_800_000 }, 'time'],
  [{ timeMs: Number.NaN }, 'time'],
  [{ status: 99 }, 'status'],
  [{ status: 600 }, 'status'],
  [{ status: 200.5 }, 'status'],
  [{ requestBytes: EVENT_BYTES_MAX + 1 }, 'bytes'],
  [{ responseBytes: -1 }, 'bytes'],
  [{ source: 'a\n' }, 'source'],
  [{ identity: { kind: 'position', file: '', position: 0 } }, 'identity'],
  [{ identity: { kind: 'position', file: 'f', position: 0.5 } }, 'identity'],
  [{ identity: { kind: 'request_id', id: '' } }, 'identity'],
])('%j has a fault in its %s', (changed, field) => {
  expect(findRequestFault({ ...sound, ...changed })).toMatchObject({
    field,
    missing: changed.clientId === '',
  })
})

test('what a client chose is not repeated in the detail', () => {
  const detail = findRequestFault({ ...sound, clientId: 'key-of-someone\u0000' })?.detail
  expect(detail).toBe(
    'client is a text of 15 characters with control characters; ' +
      'expected 1 to 256 characters of valid UTF-8 without control characters',
  )
})
