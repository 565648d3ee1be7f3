import { expect, test } from 'vitest'
import { findMetered } from './find-metered.ts'

const tariff = {
  month: '2026-10',
  version: {
    consumption: { meteredKinds: ['partner' as const, 'external' as const] },
    definitions: {
      statusClassesNotCounted: ['429' as const, '5xx' as const],
      unnamedIntegration: 'external' as const,
    },
  },
}
const active = (
  integrationId: string,
  kind: 'external' | 'partner' | 'year_end',
  activeFrom = '2020-01-01',
  activeUntil: string | null = null,
) => ({
  ...{ integrationId, name: integrationId, kind, activeFrom, activeUntil },
})
const client = { partnerId: null, isPartner: false }

test('what counts is of a metered kind, active in the month, and offered to the client', () => {
  const activations = [
    active('shop', 'external'),
    active('bureau', 'partner'),
    active('year-end', 'year_end'),
    active('later', 'external', '2026-11-01'),
    active('ended', 'external', '2020-01-01', '2026-10-01'),
    active('ending', 'external', '2020-01-01', '2026-10-02'),
  ]
  expect(findMetered({ ...client, activations }, tariff)).toEqual({
    integrationIds: ['', 'shop', 'ending'],
    statusClassesNotCounted: ['429', '5xx', '401/407'],
  })
  const ofPartner = findMetered({ ...client, partnerId: 'byraa', activations }, tariff)
  expect(ofPartner.integrationIds).toContain('bureau')
})
