import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { isCollected } from '@forbruk/schemas/event/collected-file.ts'
import { makeExcerpt } from '@forbruk/schemas/excerpt/make-excerpt.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { fingerprintOf } from '@forbruk/schemas/rejected/line-fingerprint.ts'
import type { WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import { expect, test } from 'vitest'
import { readAgain } from './read-again.ts'
import { fingerprintKeyOf, toBodyKey } from './to-records.ts'

const HASH = hashSecret('a token of the edge')
const OTHER_HASH = hashSecret('a token that it had before')
const identified = openGatewayFormat('nginx-json', { requestId: 'rid' })
const lineOf = (number: number, client = 'acme') =>
  `{"msec":"1792065600.${100 + number}","client_id":"${client}","status":"200",` +
  `"request_length":40,"bytes_sent":60,"rid":"id-${number}"}`
const BODY = `${[0, 1, 2].map(number => lineOf(number)).join('\n')}\n`

/** As it was rejected when it came by the token. */
function want(text: string, tokenHash = HASH): WantedLine {
  return {
    ...{ file: 'http-0011223344556677', position: 3 },
    text: { lineBytes: text.length, excerpt: makeExcerpt(text) },
    fingerprint: fingerprintOf(Buffer.from(text), fingerprintKeyOf(tokenHash)),
  }
}

const read = (wanted: WantedLine[], body: string, more: Partial<Parameters<typeof readAgain>[1]> = {}) =>
  readAgain(wanted, {
    ...{ source: 'edge', bodies: [Buffer.from(body)], openFormat: () => identified },
    ...{ tokenHashes: [OTHER_HASH, HASH], bodyKey: null, ...more },
  })

test('a line is found by its fingerprint, wherever it stands in what was kept, with the id that it would have', () => {
  const found = { kind: 'found', parsed: { kind: 'request', clientId: 'acme', requestId: 'id-1' } }
  expect(read([want(lineOf(1))], BODY)).toMatchObject([found])
  expect(read([want(lineOf(1))], `[${lineOf(7)}, ${lineOf(1)}]`)).toMatchObject([{ kind: 'left' }])
  expect(read([want(lineOf(1))], `[${lineOf(7)},${lineOf(1)}]`)).toMatchObject([found])
  // Sent again after a lost answer, it was rejected twice: both are that request.
  expect(read([want(lineOf(1)), want(lineOf(1), OTHER_HASH)], BODY)).toMatchObject([found, found])
})

test('another request of the same length and shape is not taken for it', () => {
  const other = lineOf(1).replace('acme', 'evil')
  expect(makeExcerpt(other)).toBe(makeExcerpt(lineOf(1)))
  expect(read([want(lineOf(1))], other)).toMatchObject([{ kind: 'left', why: 'other_text' }])
})

test('what proves nothing is left, and says what to do', () => {
  const wanted = want(lineOf(1))
  expect(read([{ ...wanted, fingerprint: null }], BODY)).toMatchObject([{ why: 'unreadable' }])
  expect(read([wanted], BODY, { bodies: [] })).toMatchObject([
    { why: 'unreadable', detail: expect.stringContaining('forbruk rejected replay --file') },
  ])
  expect(read([wanted], BODY, { tokenHashes: [] })).toMatchObject([
    { why: 'unreadable', detail: expect.stringContaining('FORBRUK_COLLECTOR_TOKENS has no token of edge') },
  ])
  expect(read([wanted], BODY, { tokenHashes: [OTHER_HASH] })).toMatchObject([{ why: 'other_text' }])
})

test('without ids it is known by the key and the whole body, as it would be when that is sent again', () => {
  const nameless = { openFormat: () => openGatewayFormat('nginx-json', { client: 'client_id' }) }
  expect(read([want(lineOf(1))], BODY, nameless)).toMatchObject([
    { kind: 'found', parsed: { kind: 'rejected', reason: 'field_missing' } },
  ])
  const { digest } = toBodyKey('batch-7', 'edge', Buffer.from(BODY))
  expect(read([want(lineOf(1))], BODY, { ...nameless, bodyKey: 'batch-7' })).toMatchObject([
    { kind: 'found', parsed: { kind: 'request', requestId: `batch-7 ${digest} 1` } },
  ])
})

test('of lines that are alike to the byte, and known by their places in the body, none is chosen', () => {
  const nameless = {
    openFormat: () => openGatewayFormat('nginx-json', { client: 'client_id' }),
    bodyKey: 'k',
  }
  const twice = `${lineOf(1)}\n${lineOf(1)}\n`
  expect(read([want(lineOf(1))], twice, nameless)).toMatchObject([{ why: 'several_texts' }])
  // With an id they are one request.
  expect(read([want(lineOf(1))], twice)).toMatchObject([{ kind: 'found' }])
})

test('a line of several requests is no mend of one', () => {
  const line = '{"records":[{},{}]}'
  const openFormat = () => openGatewayFormat('azure-api-management')
  expect(read([want(line)], line, { openFormat })).toMatchObject([
    { why: 'several_requests', detail: expect.stringContaining('2 requests stand in the line') },
  ])
})

test('what stands in a file or a topic did not come over HTTP', () => {
  expect(['http-0011223344556677', 'a1b2c3d4e5f60718', 'nginx.lines/0'].map(isCollected)).toEqual([
    true,
    false,
    false,
  ])
})
