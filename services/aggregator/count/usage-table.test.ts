import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageTable } from './usage-table.ts'

test('sums by client, integration, hour and class, and gives each cell that changed once', () => {
  const small = fc.integer({ min: 0, max: 12 })
  const request = fc.tuple(small, small, fc.integer({ min: 0, max: 40 }), small, small)
  fc.assert(
    fc.property(fc.array(fc.array(request, { maxLength: 2_000 }), { maxLength: 3 }), rounds => {
      const table = new UsageTable()
      const sums = new Map<string, number[]>()
      for (const requests of rounds) {
        const changed = new Set<string>()
        for (const [client, integration, hourAndClass, requestBytes, responseBytes] of requests) {
          const key = `${client} ${integration} ${hourAndClass}`
          const [count = 0, sent = 0, received = 0] = sums.get(key) ?? []
          sums.set(key, [count + 1, sent + requestBytes, received + responseBytes])
          changed.add(key)
          table.add(client, integration, hourAndClass, requestBytes, responseBytes)
        }
        expect(table.changedSize).toBe(changed.size)
        const found = table.takeChanged().map(cell => Object.values(table.at(cell)))
        expect(found).toEqual(
          [...changed].map(key => [...key.split(' ').map(Number), ...(sums.get(key) ?? [])]),
        )
        expect(table.takeChanged()).toEqual([])
      }
      expect(table.size).toBe(sums.size)
    }),
    { numRuns: 30 },
  )
})
