import { text } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { chooseFormat, onePage, sendTable, streamCsv } from './table-format.ts'

test.each([
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
  ['text/csv', 'csv'],
  ['Text/CSV; header=present', 'csv'],
  ['application/json;q=0.5, text/csv;q=0.9', 'csv'],
  ['text/csv;q=0, application/json', 'json'],
  ['application/vnd.apache.parquet', 'parquet'],
  ['text/csv, application/json', 'csv'],
  ['application/json;q=0, */*', 'csv'],
  ['*/*, application/json;q=0.1', 'csv'],
  ['*/*;q=0.1, application/vnd.apache.parquet;q=0.2', 'parquet'],
  ['text/csv;q=0, */*;q=0.1', 'json'],
])('Accept: %s is answered with %s', (accept, format) => {
  expect(chooseFormat(accept)).toBe(format)
})

test.each([
  'text/html',
  'application/xml',
  'text/csv;q=0',
  'text/csv;q=x',
  'text/csv;q=0x1',
  'text/csv;q=1e0',
  'text/csv;q=2',
  ';',
  '*/*;q=0',
  'text/*, text/csv;q=0',
])('Accept: %s is refused', accept => {
  expect(() => chooseFormat(accept)).toThrow(/expected Accept: application\/json, text\/csv or/)
})

async function* pages() {
  yield [['=cmd', 1n, null] as const]
  yield []
  yield [['a "quoted", \nline', 2n ** 64n, 'x'] as const]
}

test('a table has its rows of all pages, its counts as they are and no formula', async () => {
  const csv = await text(streamCsv(['name', 'requests', 'note'], pages()))
  expect(parse(csv)).toEqual([
    ['name', 'requests', 'note'],
    ["'=cmd", '1', ''],
    ['a "quoted", \nline', '18446744073709551616', 'x'],
  ])
})

test('a page that can’t be read is an error, and no end of a table', async () => {
  async function* broken() {
    yield [['a'] as const]
    throw new Error('the store went')
  }
  await expect(text(streamCsv(['name'], broken()))).rejects.toThrow('the store went')
})

test('a page is read when the one before was taken', async () => {
  let read = 0
  async function* counted() {
    for (; read < 10_000; read++) yield [['x'.repeat(100_000)] as const]
  }
  const stream = streamCsv(['name'], counted())
  await new Promise(resolve => stream.once('readable', resolve))
  expect(read).toBeLessThan(100)
  stream.destroy()
})

test('a file says that another type could be had at its address', async () => {
  const app = fastify()
  const columns = [['name', 'text', (name: string) => name]] as const
  app.get('/names', (_, reply) => sendTable(reply, 'csv', columns, onePage(['Skarvik'])))
  const { headers, body } = await app.inject('/names')
  expect([headers.vary, body]).toEqual(['accept', '"name"\n"Skarvik"\n'])
})
