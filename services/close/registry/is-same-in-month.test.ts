import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { expect, test } from 'vitest'
import { activation, client, registry } from '../../../test/support/close/registry-values.ts'
import { isSameInMonth } from './is-same-in-month.ts'

const first = client('a')
const REGISTRY = registry([first], [activation('a', 'shop', '2026-01-01')])
const month = parseBillingPeriod('2026-10')

test.each<[string, Partial<Registry>, boolean]>([
  ['nothing', {}, true],
  ['a name', { clients: [{ ...first, name: 'Another AS' }] }, false],
  ['who it belongs to', { clients: [{ ...first, collectiveInvoice: true }] }, false],
  ['an address', { clients: [{ ...first, buyer: { country: 'NO' } }] }, true],
  ['an activation in the month', { activations: [activation('a', 'shop', '2026-10-31')] }, true],
  ['an activation after it', { activations: [activation('a', 'shop', '2026-11-01')] }, false],
  [
    'another one before it',
    { activations: [...REGISTRY.activations, activation('a', 'web', '2025-01-01', '2026-10-01')] },
    true,
  ],
])('a registry in which %s changed', (_what, change, isSame) => {
  expect(isSameInMonth(REGISTRY, { ...REGISTRY, ...change }, month)).toBe(isSame)
})
