import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { activation, BYTES, client, KINDS, REQUESTS, rate, registry } from './testing/registry-values.ts'
import { sumUsage } from './usage.ts'

describe('for any month', () => {
  const ids = ['a', 'b', 'c', 'p', 'q', 'stranger']
  const known = registry(
    [client('a', 'p', true), client('b', 'p'), client('c'), client('p'), client('q', 'p')],
    [
      activation('a', 'shop'),
      activation('a', 'bi'),
      activation('b', 'web'),
      activation('c', 'pos'),
      activation('p', 'year'),
      activation('q', 'desk'),
    ],
    ['p', 'q'],
  )
  const count = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(REQUESTS - 2n, REQUESTS + 2n), fc.bigInt(0n, 2n ** 60n))
  const bytes = fc.oneof(fc.bigInt(0n, 3n), fc.bigInt(BYTES - 2n, BYTES + 2n), fc.bigInt(0n, 2n ** 62n))
  const row = fc.record({
    clientId: fc.constantFrom(...ids),
    integrationId: fc.constantFrom('', 'new', ...Object.keys(KINDS)),
    statusClass: fc.constantFrom(...STATUS_CLASSES),
    requests: count,
    requestBytes: bytes,
    responseBytes: bytes,
  })
  const month = fc.uniqueArray(row, {
    selector: each => `${each.clientId} ${each.integrationId} ${each.statusClass}`,
  })

  test('the same values in any order give the same statements', () => {
    fc.assert(
      fc.property(month, fc.infiniteStream(fc.nat()), (usage, randoms) => {
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
        expect(rate(shuffle(usage), shuffled)).toEqual(rate(usage, known))
      }),
    )
  })

  test('no usage is lost: it is in a statement or in an exception', () => {
    fc.assert(
      fc.property(month, usage => {
        const { statements, exceptions } = rate(usage, known)
        const stated = statements.reduce((sum, each) => sum + BigInt(each.requests), 0n)
        const unknown = exceptions.reduce(
          (sum, each) => sum + (each.kind === 'unknown_client' ? BigInt(each.requests) : 0n),
          0n,
        )
        expect(stated + unknown).toBe(sumUsage(usage).requests)
      }),
    )
  })

  test('amounts are never negative, and those of payers sum up to those of lines', () => {
    fc.assert(
      fc.property(month, usage => {
        const { statements } = rate(usage, known)
        const lines = statements.flatMap(each => each.lines)
        expect(lines.filter(line => line.amountNok.startsWith('-'))).toEqual([])
        const payers = Map.groupBy(statements, each => each.payerId)
        const perPayer = [...payers.values()].map(group => sumOre(group.map(each => each.amountNok)))
        expect(perPayer.reduce((sum, each) => sum + each, 0n)).toBe(sumOre(lines.map(line => line.amountNok)))
      }),
    )
  })

  test('more usage never costs less', () => {
    fc.assert(
      fc.property(month, fc.nat(), count, bytes, (usage, pick, requests, more) => {
        const grown = usage.map((each, index) =>
          index === pick % usage.length
            ? { ...each, requests: each.requests + requests, responseBytes: each.responseBytes + more }
            : each,
        )
        const before = rate(usage, known).statements
        for (const [index, after] of rate(grown, known).statements.entries()) {
          expect(sumOre([after.amountNok])).toBeGreaterThanOrEqual(sumOre([before[index]?.amountNok ?? '']))
        }
      }),
    )
  })
})

function sumOre(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n)
}
