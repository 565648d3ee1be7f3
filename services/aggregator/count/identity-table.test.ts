import { hashText } from '@forbruk/schemas/wire/scan/hash-text.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashIdentity, hashOrigin, joinHash } from './hash-identity.ts'
import { IdentityTable } from './identity-table.ts'

const HOUR_MS = 3_600_000

const hashOf = (id: string) => hashOrigin({ source: '', identity: { kind: 'request_id', id } })

function add(table: IdentityTable, hour: number, id: string, offset: number, index: number): void {
  const bytes = Buffer.from(id)
  const texts = new DataView(Uint8Array.from(bytes).buffer)
  table.add(hour, hashText(bytes), hashIdentity(texts, { start: 0, end: bytes.length }), offset, index)
}

function rowsOf(table: IdentityTable) {
  const rows = table.take()
  return Array.from({ length: rows.size }, (_, row) => rows.at(row))
}

const identity = fc.record({
  hour: fc.integer({ min: 0, max: 1_000_000 }),
  id: fc.string(),
  offset: fc.maxSafeNat(),
  index: fc.nat({ max: 9_999 }),
})

test('gives each identity once, and goes on with what all of them come to', () => {
  fc.assert(
    fc.property(fc.array(identity), fc.array(identity), (first, second) => {
      let table = new IdentityTable()
      const expected = (identities: typeof first) =>
        identities.map(({ hour, id, offset, index }) => ({ hour, hash: hashOf(id), offset, index }))
      const taken = () =>
        rowsOf(table).map(({ hashLow, hashHigh, ...row }) => ({ ...row, hash: joinHash(hashLow, hashHigh) }))
      for (const { hour, id, offset, index } of first) add(table, hour, id, offset, index)
      expect(taken()).toEqual(expected(first))
      table = IdentityTable.restore(table.toLedger())
      for (const { hour, id, offset, index } of second) add(table, hour, id, offset, index)
      expect(taken()).toEqual(expected(second))
      const all = [...first, ...second]
      const hours = [...new Set(all.map(({ hour }) => hour))].sort((one, other) => one - other)
      expect(table.toLedger()).toEqual({
        identities: all.length,
        identitySum: BigInt.asUintN(
          64,
          all.reduce((sum, { id }) => sum + hashOf(id), 0n),
        ),
        identityHoursMs: hours.map(hour => hour * HOUR_MS),
      })
    }),
  )
})
