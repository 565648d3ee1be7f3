import { describe, expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'
import { parseCount, parseStatus } from './parse-number.ts'

const UNANSWERED = ['-', '', '0', '-1', '000', '009']

describe('a status', () => {
  test.each([...UNANSWERED, 0, -1, null, undefined].map(value => [value]))('%j is no answer', value =>
    expect(parseStatus(value)).toBe(0),
  )
  test.each([
    ['100', 100],
    [204, 204],
    ['599', 599],
    ['600', 500],
    [783, 500],
    ['999', 500],
  ])('%j is counted as %i', (value, status) => expect(parseStatus(value)).toBe(status))

  test.each([
    ['1'],
    ['99'],
    ['099'],
    ['00'],
    ['0000'],
    ['0200'],
    ['1000'],
    ['2e2'],
    ['200 '],
    ['to:'],
    [9],
    [200.5],
    [true],
    [[]],
  ])('%j is none', value => expect(parseStatus(value)).toBeNull())

  test.each(UNANSWERED.map(status => [status]))('of %j is 0xx in every format', status => {
    const combined = `192.0.2.7 - a [01/Oct/2026:00:00:00 +0200] "-" ${status} 0 "-" "-"`
    const quoted = `{"msec":"1790848801","client_id":"a","status":"${status}","request_length":1,"bytes_sent":1}`
    const bare = quoted.replace(`"${status}"`, status)
    const fields = { client: 'remote_user' }
    expect(openGatewayFormat('combined', fields).parseLine(Buffer.from(combined))).toMatchObject({
      status: 0,
    })
    expect(openGatewayFormat('nginx-json').parseLine(Buffer.from(quoted))).toMatchObject({ status: 0 })
    expect(openGatewayFormat('nginx-json').parseLine(Buffer.from(bare))).toMatchObject({ status: 0 })
  })
})

test('a -0 of JSON is 0 as the log writes it', () => {
  expect(Object.is(parseCount(JSON.parse('-0')), 0)).toBe(true)
  expect(parseCount('-0')).toBeNull()
})
