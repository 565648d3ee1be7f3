import { rowsOf } from '@forbruk/infra/store/column-block.ts'
import { ScannedRequest } from '@forbruk/schemas/wire/scan/scanned-request.ts'
import { spellRequest } from '@forbruk/schemas/wire/scan/spell-request.ts'
import { expect, test } from 'vitest'
import { HOUR_MS, OCTOBER_MS } from '../../../test/support/aggregator/fold-records.ts'
import { SourceFiles } from '../count/admit.ts'
import { DEFAULT_GEOMETRY } from '../count/block.ts'
import { OpenBlock } from '../count/open-block.ts'
import { encodeBlock, INSERT_ROWS_MAX } from './encode-block.ts'

const FIRST_HOUR = OCTOBER_MS / HOUR_MS

test('a block is encoded as the rows of its tables, no more than an insert takes in one piece', () => {
  const block = new OpenBlock(7, DEFAULT_GEOMETRY)
  const request = new ScannedRequest()
  const names = {
    source: 'gw',
    identity: { kind: 'none' },
    clientId: 'fjord',
    integrationId: 'shop',
  } as const
  spellRequest({ ...names, timeMs: 0, status: 404, requestBytes: 1, responseBytes: 2 }, request)
  for (let hour = 0; hour <= INSERT_ROWS_MAX; hour++) {
    request.timeMs = OCTOBER_MS + hour * HOUR_MS
    block.addRequest(request, 7 + hour, 0)
  }
  const sources = new SourceFiles()
  sources.get('gw', '').count(false)
  const changed = block.takeChanged()
  const nextOffset = 8 + INSERT_ROWS_MAX
  const place = { stream: 't', partition: 2 }
  const rows = encodeBlock({ ...place, block, nextOffset, ...changed, sources: sources.takeChanged() })
  expect(rows.usage.map(columns => columns.rows)).toEqual([INSERT_ROWS_MAX, 1])
  const usage = rows.usage.flatMap(rowsOf)
  expect(usage.map(row => row.hour)).toEqual(changed.totals.map(hour => (FIRST_HOUR + hour) * 3_600))
  expect(usage.at(-1)).toMatchObject({
    ...{ ...place, block: 7, last_offset: nextOffset - 1, client_id: 'fjord', integration_id: 'shop' },
    ...{ status_class: 4, requests: 1, request_bytes: 1, response_bytes: 2 },
  })
  expect(rows.sources).toMatchObject([
    { ...place, block: 7, source: 'gw', events: 1, lastOffset: nextOffset - 1 },
  ])
  expect(rows.ledger).toMatchObject({ ...place, block: 7, nextOffset, requests: INSERT_ROWS_MAX + 1 })
})
