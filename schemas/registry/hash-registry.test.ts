import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashContent } from '../statement/hash-content.ts'
import { hashRegistry } from './hash-registry.ts'
import { INTEGRATION_KINDS, type Registry } from './registry.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '"', '\\', '\n', '\u007f', '\u2028'),
)
const buyer = fc.record(
  {
    country: text,
    street: text,
    organisationNumber: text,
    buyerReference: text,
    electronicAddress: text,
    city: text,
    postalCode: text,
  },
  { requiredKeys: [] },
)
const registry: fc.Arbitrary<Registry> = fc.record({
  clients: fc.array(
    fc.record(
      { buyer, clientId: text, name: text, partnerId: fc.option(text), collectiveInvoice: fc.boolean() },
      { requiredKeys: ['clientId', 'name', 'partnerId', 'collectiveInvoice'] },
    ),
  ),
  partners: fc.array(fc.record({ partnerId: text, name: text })),
  integrations: fc.array(
    fc.record({ integrationId: text, name: text, kind: fc.constantFrom(...INTEGRATION_KINDS) }),
  ),
  activations: fc.array(
    fc.record({ clientId: text, integrationId: text, activeFrom: text, activeUntil: fc.option(text) }),
  ),
})

test('is the hash of its content, whatever its texts are', () => {
  fc.assert(
    fc.property(registry, content => {
      expect(hashRegistry(content)).toBe(hashContent(content))
    }),
  )
})

test('however large it is', () => {
  const clients = Array.from({ length: 3_000 }, (_, index) => {
    return {
      clientId: `firma${index}`,
      name: `Firma «${index}» "AS"`,
      partnerId: null,
      collectiveInvoice: false,
    }
  })
  const content = { clients, partners: [], integrations: [], activations: [] }
  expect(hashRegistry(content)).toBe(hashContent(content))
})

test('of the same registry is the same as ever', () => {
  const content: Registry = {
    clients: [
      { clientId: 'byrå', name: 'Byrå AS', partnerId: null, collectiveInvoice: false },
      {
        ...{ clientId: 'kunde', name: 'Kunde, "stor"', partnerId: 'byrå', collectiveInvoice: true },
        buyer: { organisationNumber: '923609016', city: 'Bodø' },
      },
    ],
    partners: [{ partnerId: 'byrå', name: 'Byrå AS' }],
    integrations: [{ integrationId: 'shop', name: 'Shop', kind: 'external' }],
    activations: [{ clientId: 'kunde', integrationId: 'shop', activeFrom: '2026-10-31', activeUntil: null }],
  }
  expect(hashRegistry(content)).toBe('783251d96ebd2022b4181213f476ff6b38ecd535699c1435e2a3707844ee77b7')
})
