import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageTable } from './usage-table.ts'

test('has one total for each client, integration, hour and class', () => {
  const small = fc.integer({ min: 0, max: 12 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(small, small, fc.integer({ min: 0, max: 40 })), { maxLength: 3_000 }),
      cells => {
        const table = new UsageTable()
        const counts = new Map<string, number>()
        for (const [client, integration, hourAndClass] of cells) {
          const key = `${client} ${integration} ${hourAndClass}`
          counts.set(key, (counts.get(key) ?? 0) + 1)
          const totals = table.at(client, integration, hourAndClass)
          totals.requests += 1
          expect(totals).toMatchObject({ client, integration, hourAndClass, requests: counts.get(key) })
        }
        expect(table.size).toBe(counts.size)
      },
    ),
    { numRuns: 30 },
  )
})
