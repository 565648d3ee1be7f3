import type { LogRecord } from '@forbruk/infra/log/event-log.ts'
import { openRecordEnvelope } from '@forbruk/schemas/envelope/record-envelope.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { expect, test } from 'vitest'
import { positionOf } from './place.ts'
import { readAgain, readForeignFile } from './read-again.ts'
import { readEnvelopedTexts } from './read-value.ts'

const lineOf = (client: string) =>
  `{"msec":"1792065600.500","client_id":"${client}","status":"200","request_length":40,"bytes_sent":60}`
/** Offsets 10 to 12; a control record was at 11. */
const RECORDS = new Map([
  [10, `${lineOf('acme')}\n\n${lineOf('firma')}`],
  [12, lineOf('kunde')],
])

const foreign = {
  topic: 'nginx.lines',
  partitionCount: 1,
  bounds: async () => ({ startOffset: 10, endOffset: 13 }),
  async *read(partition: number, fromOffset: number, toOffset: number) {
    const records: LogRecord[] = [...RECORDS]
      .filter(([offset]) => offset >= fromOffset && offset < toOffset)
      .map(([offset, text]) => ({ offset, appendTimeMs: 0, key: null, value: Buffer.from(text) }))
    yield { partition, records, nextOffset: toOffset, endOffset: 13 }
  },
}

function want(offset: number, index: number, text: string, partition = 0) {
  const kept = { lineBytes: text.length, excerpt: makeExcerpt(text) }
  const place = { file: `nginx.lines/${partition}`, position: positionOf({ offset, index }) }
  return { ...place, text: kept, fingerprint: null }
}

function read(...wanted: ReturnType<typeof want>[]) {
  const envelope = openRecordEnvelope('lines')
  if (envelope === null) throw new Error('expected the envelope of lines')
  return readAgain(wanted, foreign, readEnvelopedTexts(envelope, openGatewayFormat('nginx-json'), null))
}

test('lines are read at their offset and index, in whatever order they are asked for', async () => {
  const clients = (await read(want(12, 0, lineOf('kunde')), want(10, 2, lineOf('firma')))).map(original =>
    original.kind === 'found' && original.parsed.kind === 'request' ? original.parsed.clientId : original,
  )
  expect(clients).toEqual(['kunde', 'firma'])
})

test('what was deleted, made anew, or never there is gone; another line there is told', async () => {
  const text = lineOf('acme')
  expect(
    await read(
      want(9, 0, text),
      want(13, 0, text),
      want(10, 0, text, 3),
      want(11, 0, text),
      want(10, 0, 'x'),
    ),
  ).toMatchObject([
    { why: 'gone', detail: 'nginx.lines/0 begins at offset 10: offset 9 was deleted' },
    { why: 'gone', detail: expect.stringContaining('made anew') },
    { why: 'gone', detail: expect.stringContaining('holds nothing there') },
    { why: 'gone' },
    { why: 'other_text' },
  ])
})

test('a list of several is no mend of one that was rejected', async () => {
  const element = JSON.parse(lineOf('acme'))
  const list = JSON.stringify([element, element])
  const readTexts = async () => {
    const one = { kind: 'blank' } as const
    return [{ bytes: Buffer.from(list), pieces: [one, one] }]
  }
  expect(await readAgain([want(12, 1, list)], foreign, readTexts)).toMatchObject([
    {
      why: 'several_requests',
      detail: expect.stringMatching(
        /^2 requests stand at nginx.lines\/0, offset 12, line 2, .*write that line alone/,
      ),
    },
  ])
})

test('the file of a shipper is no partition of a topic, and neither is what a partition lost', () => {
  expect(readForeignFile('nginx.lines/12')).toEqual({ topic: 'nginx.lines', partition: 12 })
  expect(readForeignFile('a1b2c3d4e5f60718')).toBe(null)
  expect(readForeignFile('nginx.lines/0:4-9')).toBe(null)
})
