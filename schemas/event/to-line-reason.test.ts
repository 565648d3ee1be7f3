import { expect, test } from 'vitest'
import { RECORD_REJECT_REASONS } from './log-event.ts'
import { toLineReason } from './to-line-reason.ts'

test('each reason of a record is one of a line', () => {
  expect(Object.fromEntries(RECORD_REJECT_REASONS.map(reason => [reason, toLineReason(reason)]))).toEqual({
    record_empty: 'line_not_json',
    record_too_large: 'line_too_long',
    schema_unknown: 'line_not_json',
    avro_malformed: 'line_not_json',
    json_malformed: 'line_not_json',
    event_malformed: 'field_missing',
    source_invalid: 'field_missing',
    identity_invalid: 'field_missing',
    client_missing: 'client_missing',
    client_invalid: 'client_invalid',
    integration_invalid: 'integration_invalid',
    time_invalid: 'time_invalid',
    time_too_old: 'line_not_json',
    time_ahead: 'line_not_json',
    status_invalid: 'status_invalid',
    bytes_invalid: 'bytes_invalid',
    control_unsigned: 'line_not_json',
    signature_invalid: 'line_not_json',
  })
})
