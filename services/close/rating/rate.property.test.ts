import { STATUS_CLASSES, TARIFF_STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activation,
  BYTES,
  client,
  decided,
  KINDS,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
} from '../../../test/support/close/registry-values.ts'
import { sumUsage } from '../usage/usage.ts'
import type { RatedMonth } from './rate.ts'

const PARTNERS = ['p', 'q']
const CLIENTS = ['a', 'b', 'c', 'd', ...PARTNERS]
const INTEGRATIONS = Object.keys(KINDS)

const count = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(REQUESTS - 2n, REQUESTS + 2n), fc.bigInt(0n, 2n ** 60n))
const bytes = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(BYTES - 2n, BYTES + 2n), fc.bigInt(0n, 2n ** 62n))
const row = fc.record({
  clientId: fc.constantFrom(...CLIENTS, 'stranger'),
  integrationId: fc.constantFrom('', 'new', ...INTEGRATIONS),
  statusClass: fc.constantFrom(...STATUS_CLASSES),
  requests: count,
  requestBytes: bytes,
  responseBytes: bytes,
})
const anyUsage = fc.uniqueArray(row, {
  selector: each => `${each.clientId} ${each.integrationId} ${each.statusClass}`,
})

/** Each client with or without a partner, billed through it or not, and any activations around October. */
const anyRegistry: fc.Arbitrary<Registry> = fc
  .record({
    partnerOf: fc.array(fc.constantFrom(null, ...PARTNERS), {
      minLength: CLIENTS.length,
      maxLength: CLIENTS.length,
    }),
    collective: fc.array(fc.boolean(), { minLength: CLIENTS.length, maxLength: CLIENTS.length }),
    active: fc.uniqueArray(
      fc.tuple(
        fc.constantFrom(...CLIENTS),
        fc.constantFrom(...INTEGRATIONS),
        fc.constantFrom('2025-01-01', '2026-10-31', '2026-11-01'),
        fc.constantFrom(null, '2026-12-01'),
      ),
      { selector: ([clientId, integrationId]) => `${clientId} ${integrationId}` },
    ),
  })
  .map(({ partnerOf, collective, active }) => {
    const clients = CLIENTS.map((id, index) => {
      const partnerId = partnerOf[index] === id ? null : (partnerOf[index] ?? null)
      return client(id, partnerId, partnerId !== null && !PARTNERS.includes(id) && collective[index] === true)
    })
    return registry(
      clients,
      active.map(each => activation(...each)),
      PARTNERS,
    )
  })

const INTEGRATION_RULES = ['internal', 'external', 'exception', 'undecided'] as const

const anyTariff = fc
  .record({
    bytesCounted: fc.constantFrom('request_and_response' as const, 'request' as const, 'response' as const),
    unnamedIntegration: fc.constantFrom(...INTEGRATION_RULES),
    unknownIntegration: fc.constantFrom(undefined, ...INTEGRATION_RULES),
    statusClassesNotCounted: fc.uniqueArray(fc.constantFrom(...TARIFF_STATUS_CLASSES)),
    overage: fc.constantFrom('dialogue' as const, 'automatic' as const),
  })
  .map(({ overage, ...definitions }) => ({
    ...PUBLISHED,
    consumption: { ...PUBLISHED.consumption, overage },
    definitions: { ...PUBLISHED.definitions, ...definitions },
  }))
const anyDecisions = fc
  .array(
    fc.tuple(
      fc.constantFrom(...CLIENTS),
      fc.constantFrom('charge', 'waived', 'reduced_usage'),
      fc.constantFrom({}, { requests: '2', requestsNok: '0.03' }, { bytes: '1', transferNok: '0.00' }),
    ),
  )
  .map(entries => new Map(entries.map(([clientId, outcome, bounds]) => [clientId, decided(outcome, bounds)])))

describe('for any usage, registry, tariff and decisions', () => {
  test('rating is a pure function: the same values in any order give the same, and are left as they were', () => {
    fc.assert(
      fc.property(
        anyUsage,
        anyRegistry,
        anyTariff,
        anyDecisions,
        fc.infiniteStream(fc.nat()),
        (usage, known, tariff, decisions, randoms) => {
          const shuffle = <Value>(values: readonly Value[]) =>
            values
              .map(value => ({ value, rank: randoms.next().value ?? 0 }))
              .toSorted((a, b) => a.rank - b.rank)
              .map(({ value }) => value)
          const shuffled = {
            clients: shuffle(known.clients),
            partners: shuffle(known.partners),
            integrations: shuffle(known.integrations),
            activations: shuffle(known.activations),
          }
          const rated = rate(freeze(usage), freeze(known), freeze(tariff), decisions)
          expect(rate(shuffle(usage), shuffled, tariff, decisions)).toEqual(rated)
        },
      ),
    )
  })

  test('no usage is lost: it is in a statement or in an exception', () => {
    fc.assert(
      fc.property(anyUsage, anyRegistry, anyTariff, (usage, known, tariff) => {
        const { statements, exceptions } = rate(usage, known, tariff)
        const stated = statements.reduce((sum, each) => sum + BigInt(each.requests), 0n)
        const unknown = exceptions.reduce(
          (sum, each) => sum + (each.kind === 'unknown_client' ? BigInt(each.requests) : 0n),
          0n,
        )
        expect(stated + unknown).toBe(sumUsage(usage).requests)
      }),
    )
  })

  test('each figure of a statement is the sum of its parts', () => {
    fc.assert(
      fc.property(anyUsage, anyRegistry, anyTariff, anyDecisions, (usage, known, tariff, decisions) => {
        for (const statement of rate(usage, known, tariff, decisions).statements) {
          const sumOf = (figure: 'requests' | 'meteredRequests' | 'meteredBytes') =>
            statement.usage.reduce((sum, use) => sum + BigInt(use[figure]), 0n)
          expect(sumOf('requests')).toBe(BigInt(statement.requests))
          expect(sumOf('meteredRequests')).toBe(BigInt(statement.meteredRequests))
          expect(sumOf('meteredBytes')).toBe(BigInt(statement.meteredBytes))
          for (const use of statement.usage) {
            const left = use.notCounted.reduce((sum, each) => sum + BigInt(each.requests), 0n)
            const isWhole = BigInt(use.meteredRequests) + left === BigInt(use.requests)
            expect(isWhole || (use.meteredRequests === '0' && left === 0n)).toBe(true)
          }
          expect(sumOre([statement.payableNok, statement.proposedNok])).toBe(sumOre([statement.amountNok]))
        }
      }),
    )
  })

  test("amounts are never negative, and the payers' invoices sum up to the lines", () => {
    fc.assert(
      fc.property(anyUsage, anyRegistry, anyTariff, anyDecisions, (usage, known, tariff, decisions) => {
        const { statements } = rate(usage, known, tariff, decisions)
        const lines = statements.flatMap(each => each.lines)
        expect(lines.filter(line => line.amountNok.startsWith('-'))).toEqual([])
        const invoices = Map.groupBy(statements, each => each.payerId)
        const perPayer = [...invoices.values()].map(ofPayer => sumOre(ofPayer.map(each => each.amountNok)))
        const owed = lines.filter(line => line.status !== 'waived')
        expect(perPayer.reduce((sum, each) => sum + each, 0n)).toBe(sumOre(owed.map(line => line.amountNok)))
      }),
    )
  })

  test('more usage never costs less', () => {
    fc.assert(
      fc.property(anyUsage, anyRegistry, anyTariff, row, (usage, known, tariff, more) => {
        const before = amounts(rate(usage, known, tariff))
        // Rows are added up: one more is as good as one that has grown.
        const after = amounts(rate([...usage, more], known, tariff))
        for (const [clientId, amount] of before) {
          expect(after.get(clientId)).toBeGreaterThanOrEqual(amount)
        }
      }),
    )
  })

  test('an exception makes no charge: without its usage, every amount is the same', () => {
    fc.assert(
      fc.property(anyUsage, anyRegistry, anyTariff, (usage, known, tariff) => {
        const rated = rate(usage, known, tariff)
        const listed = new Set(rated.exceptions.map(each => `${each.clientId} ${each.integrationId}`))
        const settled = usage.filter(each => !listed.has(`${each.clientId} ${each.integrationId}`))
        const charged = (of: RatedMonth) => [...amounts(of)].filter(([, ore]) => ore > 0n)
        expect(charged(rate(settled, known, tariff))).toEqual(charged(rated))
      }),
    )
  })
})

/** In øre, by client. */
function amounts({ statements }: RatedMonth): Map<string, bigint> {
  return new Map(statements.map(each => [each.clientId, sumOre([each.amountNok])]))
}

function sumOre(texts: readonly string[]): bigint {
  return texts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n)
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
