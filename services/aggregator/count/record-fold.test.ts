import { encodeMark } from '@forbruk/schemas/wire/encode.ts'
import { describe, expect, test } from 'vitest'
import {
  deliver,
  newFold,
  OCTOBER_MS,
  record,
  request,
  take,
} from '../../../test/support/aggregator/fold-records.ts'

/** The rows that the values of records from offset 0 on give. */
function fold(values: readonly (Buffer | null)[]) {
  const partition = newFold()
  deliver(
    partition,
    values.map((value, offset) => record(offset, value)),
  )
  return take(partition)
}

describe('a record', () => {
  test('that is rejected is kept with its coordinates, and never its query string', () => {
    const value = Buffer.from('{"client_id":"a","path":"/v1?apikey=hush"}')
    const partition = newFold()
    deliver(partition, [record(9, value)])
    const [row] = take(partition)?.rejected ?? []
    expect(row).toMatchObject({
      offset: 9,
      eventIndex: 0,
      reason: 'event_malformed',
      recordBytes: value.length,
    })
    expect(JSON.stringify(row)).not.toContain('hush')
  })

  test('with several events has each counted, and the one that is wrong named', () => {
    const event = { client_id: 'a', time: OCTOBER_MS, status: 200, request_bytes: 1, response_bytes: 2 }
    const rows = fold([Buffer.from(JSON.stringify([event, { ...event, status: 9000 }, event]))])
    expect(rows?.ledger[0]).toMatchObject({ records: 1, events: 3, requests: 2, rejected: 1 })
    expect(rows?.rejected[0]).toMatchObject({ eventIndex: 1, reason: 'status_invalid' })
  })

  test("with a source's mark is held against what arrived", () => {
    const at = (position: number) => request({ identity: { kind: 'position', file: 'f', position } })
    const mark = encodeMark({
      kind: 'mark',
      source: 'gw',
      file: 'f',
      position: 300,
      eventsTotal: 3,
      throughMs: OCTOBER_MS,
      format: 'nginx-json',
    })
    expect(fold([at(0), at(100), at(0), mark])?.sources).toMatchObject([
      { events: 2, duplicates: 1, markEventsTotal: 3, eventsAtMark: 2, highPosition: 100 },
    ])
  })

  test('is counted for a source when it names it, so that the stored rows add up', () => {
    const rows = fold([
      null,
      Buffer.from('{'),
      request({ source: 'gw', clientId: '' }),
      request({ source: 'gw' }),
    ])
    expect(rows?.sources).toMatchObject([{ source: 'gw', events: 2, duplicates: 0 }])
    expect(rows?.rejected.map(row => row.source)).toEqual(['', '', 'gw'])
  })

  test('gives the same whether the scan has read it or the decoder', () => {
    const event = { source: 'gw', request_id: 'a', client_id: 'fjord', time: OCTOBER_MS, status: 200 }
    const bytes = { request_bytes: 1, response_bytes: 2 }
    const scanned = Buffer.from(JSON.stringify({ ...event, ...bytes }))
    // A list is the decoder's.
    const decoded = Buffer.from(JSON.stringify([{ ...event, ...bytes }]))
    expect(fold([decoded, decoded])).toEqual(fold([scanned, scanned]))
    expect(fold([scanned, decoded])?.ledger[0]).toMatchObject({ requests: 1, duplicates: 1, requestIds: 2 })
  })
})
