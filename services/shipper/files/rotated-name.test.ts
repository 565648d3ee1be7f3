import { expect, test } from 'vitest'
import { isRotatedName, rotationNumber } from './rotated-name.ts'

test.each([
  ['access.log.1', true],
  ['access.log.2.gz', true],
  ['access.log.2.zst', true],
  ['access.log-20261101', true],
  ['access.log-20261101.gz', true],
  ['access.log-20261101-1761955200.xz', true],
  ['access.log.2026-11-01_00', true],
  ['access.log.2026-11-01T00:00:00Z.gz', true],
  ['access.log.old', true],
  ['access.log.1.old', true],
  ['access.log.Nov-2026', true],
  ['access.log-01-November-2026.gz', true],
  ['access.log.2026-W45', true],
  ['access.log.Sunday', true],
  ['access.log.prev', true],
  ['access-11PM.log', true],
  ['access.log.20261101T230000+0100', true],
  ['access.log.mark', false],
  ['access.log.monitor', false],
  ['access-marker.log', false],
  ['access-20261101.log', true],
  ['access_2026-11-01.log.gz', true],
  ['access.1.log', true],
  ['20261101-access.log', true],
  ['2026-11-01_access.log.gz', true],
  ['old.access.log', true],
  ['access.log.gz', true],
  ['access.log', false],
  ['access.log.bak', false],
  ['access.logs.1', false],
  ['other-access.log.1', false],
  ['access-admin.log', false],
  ['access-admin.log.1', false],
  ['access.log.1.tmp', false],
])('%s: %j', (name, expected) => expect(isRotatedName(name, 'access.log')).toBe(expected))

test.each([
  ['access.log.1', 1],
  ['access.log.12.gz', 12],
  ['access.log-20261101', null],
  ['access.log.20261101', null],
  ['access.1.log', 1],
  ['access.2.log.gz', 2],
  ['access-20261101.log', null],
  ['access.20261101.log', null],
  ['access.log.old', null],
])('%s has the number %j', (name, expected) => expect(rotationNumber(name, 'access.log')).toBe(expected))

test('a name without an extension', () => {
  expect(isRotatedName('access.1', 'access')).toBe(true)
  expect(isRotatedName('access1', 'access')).toBe(false)
})
