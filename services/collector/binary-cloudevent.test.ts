import { expect, test } from 'vitest'
import { toStructured } from './binary-cloudevent.ts'

const HEADERS = { 'ce-id': 'a', 'ce-source': '/gw%201', 'ce-data': 'mine', host: 'x' }
const read = (body: string): unknown => JSON.parse(toStructured(HEADERS, Buffer.from(body)).toString())

test.each<[string, unknown]>([
  ['{"status":200}', { status: 200 }],
  ['{\n  "status": 200\n}', { status: 200 }],
  ['[]', []],
  ['null', null],
])('the data is the body %j, and no header', (body, data) =>
  expect(read(body)).toEqual({ id: 'a', source: '/gw 1', data }),
)

test.each(['a', '{"a":1}}', '1,"id":"b"', '{"status":404'])('a body of %j is no JSON, and a text', body =>
  expect(read(body)).toEqual({ id: 'a', source: '/gw 1', data: body }),
)

test('a body of nothing is no data, and one behind a byte order mark is', () => {
  expect(read(' \n')).toEqual({ id: 'a', source: '/gw 1' })
  expect(read('\ufeff{"status":404}')).toEqual({ id: 'a', source: '/gw 1', data: { status: 404 } })
})

test('what is nested without end is taken as it was written', () => {
  const body = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  expect(toStructured(HEADERS, Buffer.from(body)).toString()).toBe(
    `{"id":"a","source":"/gw 1","data":${body}}`,
  )
})
