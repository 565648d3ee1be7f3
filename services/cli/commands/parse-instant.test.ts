import { expect, test } from 'vitest'
import { parseInstant } from './parse-instant.ts'

test.each([
  ['2026-10-31T23:00:00Z', Date.UTC(2026, 9, 31, 23)],
  ['2026-10-31T23:00:00.250Z', Date.UTC(2026, 9, 31, 23, 0, 0, 250)],
  ['2026-11-01T00:00+01:00', Date.UTC(2026, 9, 31, 23)],
  ['2026-10-31', Date.UTC(2026, 9, 31)],
])('%s is an instant', (text, expected) => expect(parseInstant(text)).toBe(expected))

test.each(['2026-10', '2026-10-31T23:00:00', '31.10.2026', '2026-13-01', 'yesterday', ''])(
  '%j is none: it leaves open which',
  text => expect(() => parseInstant(text)).toThrow(/expected a time such as/),
)
