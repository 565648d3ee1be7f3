import { expect, test } from 'vitest'
import { isRotatedName } from './rotated-name.ts'

test.each([
  ['access.log.1', true],
  ['access.log.2.gz', true],
  ['access.log-20261101', true],
  ['access.log-20261101.gz', true],
  ['access.log.2026-11-01_00', true],
  ['access.log', false],
  ['access.log.bak', false],
  ['access.logs.1', false],
  ['other-access.log.1', false],
])('%s: %j', (name, expected) => expect(isRotatedName(name, 'access.log')).toBe(expected))
