import { expect, test } from 'vitest'
import { findMetered } from './find-metered.ts'

const tariff = {
  month: '2026-10',
  currency: 'NOK',
  sentences: [],
  versions: [],
  version: {
    validFrom: '2026-01',
    consumption: {
      allowance: { requests: 10_000, gigabytes: '0.6' },
      pricePerRequest: '0.017',
      pricePerMegabyte: '0.017',
      meteredKinds: ['partner', 'external'],
    },
    definitions: {
      bytesCounted: 'request_and_response',
      statusClassesNotCounted: ['429', '5xx'],
      unnamedIntegration: 'external',
    },
  },
}
const active = (
  integrationId: string,
  kind: string,
  activeFrom = '2020-01-01',
  activeUntil: string | null = null,
) => ({
  ...{ integrationId, name: integrationId, kind, activeFrom, activeUntil },
})
const client = { name: 'Firma AS', partnerId: null, collectiveInvoice: false, isPartner: false }

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
