import { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellRequest } from '@forbruk/schemas/wire/scan/spell-request.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, OCTOBER_MS } from '../../../test/support/aggregator/fold-records.ts'
import { OpenBlock } from './open-block.ts'

const GEOMETRY = {
  ...{ foldVersion: 1, blockSize: 8, windowSize: 4 },
  ...{ pastMaxMs: null, aheadMaxMs: null, controlSequence: 0, partitionCount: null },
}

function spell(fields: Partial<Parameters<typeof spellRequest>[0]> = {}): ScannedRequest {
  const request = new ScannedRequest()
  const usual = { clientId: 'fjord', integrationId: 'shop', timeMs: OCTOBER_MS, status: 200 }
  const bytes = { requestBytes: 10, responseBytes: 100 }
  spellRequest({ source: 'gw', identity: { kind: 'none' }, ...usual, ...bytes, ...fields }, request)
  return request
}

describe('a block', () => {
  test('ends at the next multiple of its size, and with the day of its first record', () => {
    const block = new OpenBlock(11, GEOMETRY)
    expect([block.endOffset, block.dayEndMs]).toEqual([16, Number.POSITIVE_INFINITY])
    block.addRecord(OCTOBER_MS + 5)
    block.addRecord(OCTOBER_MS + DAY_MS + 5)
    expect(block.dayEndMs).toBe(OCTOBER_MS + DAY_MS)
    expect(block.toLedger('t', 0, 13)).toMatchObject({
      ...{ block: 11, firstOffset: 11, nextOffset: 13, records: 2 },
      ...{ firstAppendTimeMs: OCTOBER_MS + 5, lastAppendTimeMs: OCTOBER_MS + DAY_MS + 5 },
    })
  })

  test('gives the totals that changed and the rejected events that came, once', () => {
    const block = new OpenBlock(0, GEOMETRY)
    const rejected = {
      ...{
        offset: 2,
        eventIndex: 0,
        appendTimeMs: OCTOBER_MS,
        eventTimeMs: null,
        reason: 'record_empty',
        detail: '',
      },
      ...{ source: '', file: '', position: null, excerpt: '', recordBytes: 0 },
      ...{ eventTimeLastMs: null, events: 1, eventsOfSources: 0 },
    }
    block.addRequest(spell(), 0, 0)
    block.addRequest(spell({ timeMs: OCTOBER_MS + HOUR_MS, status: 404 }), 1, 0)
    block.addRejected([rejected])
    expect(block.changedSize).toBe(3)
    expect(block.takeChanged()).toMatchObject({ totals: [0, 1], rejected: [rejected], size: 3 })
    expect(block.takeChanged()).toMatchObject({ totals: [], rejected: [], size: 0 })
    block.addRequest(spell({ timeMs: OCTOBER_MS + HOUR_MS, status: 499 }), 3, 0)
    expect(block.takeChanged()).toMatchObject({ totals: [1], rejected: [], size: 1 })
    expect(block.totals(1)).toMatchObject({
      statusClass: 4,
      requests: 2,
      requestBytes: 20,
      responseBytes: 200,
    })
    expect(block.names.text(block.totals(1).client)).toBe('fjord')
    expect(block.toLedger('t', 0, 4)).toMatchObject({
      ...{ requests: 3, rejected: 1, events: 4, requestBytes: 30, responseBytes: 300 },
      ...{ firstHourMs: OCTOBER_MS, lastHourMs: OCTOBER_MS + HOUR_MS },
    })
  })

  test('has a fingerprint of which events it admitted, and where they stand', () => {
    const id = (text: string) => spell({ identity: { kind: 'request_id', id: text } })
    const of = (...events: readonly (readonly [ScannedRequest, number, number])[]) => {
      const block = new OpenBlock(0, GEOMETRY)
      for (const event of events) block.addRequest(...event)
      return block.fingerprint.value()
    }
    expect(of([id('a'), 0, 0])).toBe(of([id('a'), 0, 0]))
    const others = [
      of([id('b'), 0, 0]),
      of([id('a'), 1, 0]),
      of([id('a'), 0, 1]),
      of([id('a'), 0, 0], [id('b'), 1, 0]),
    ]
    expect(new Set([of([id('a'), 0, 0]), ...others]).size).toBe(5)
  })

  test('refuses a sum of bytes that would not be exact', () => {
    const block = new OpenBlock(0, GEOMETRY)
    block.addRequest(spell({ requestBytes: Number.MAX_SAFE_INTEGER }), 0, 0)
    expect(() => block.addRequest(spell({ requestBytes: 1 }), 1, 0)).toThrow('byte sum passed 2^53')
  })

  test('comes back from its ledger row with the figures it had', () => {
    const events = fc.array(fc.record({ hour: fc.nat(40), bytes: fc.nat(), minute: fc.nat(2_000) }), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(events, all => {
        const block = new OpenBlock(3, GEOMETRY)
        for (const [index, { hour, bytes, minute }] of all.entries()) {
          block.addRecord(OCTOBER_MS + minute * 60_000)
          block.addRequest(spell({ timeMs: OCTOBER_MS + hour * HOUR_MS, responseBytes: bytes }), 3 + index, 0)
        }
        const stored = block.toLedger('t', 1, 7)
        const restored = OpenBlock.restore(stored)
        expect(restored.toLedger('t', 1, 7)).toEqual(stored)
        expect(restored.isRestored).toBe(true)
        const { geometry, endOffset, dayEndMs } = block
        expect(restored).toMatchObject({ geometry, endOffset, dayEndMs, changedSize: 0 })
      }),
    )
  })
})
