import { expect, test } from 'vitest'
import { openGatewayFormat } from './formats.ts'

test.each([
  ['nginx-json', 'headers_and_body'],
  ['combined', 'body'],
])('%s says what its bytes are', (name, bytesBasis) => {
  expect(openGatewayFormat(name)).toMatchObject({ name, bytesBasis, timeBasis: 'end' })
})

test('the operator chooses the fields', () => {
  const line = Buffer.from('1.2.3.4 - - [01/Oct/2026:00:00:00 +0200] "-" 200 1 "-" "-" a b')
  expect(
    openGatewayFormat('combined', { client: 'extra2', integration: 'extra1' }).parseLine(line),
  ).toMatchObject({
    clientId: 'b',
    integrationId: 'a',
  })
})

test.each([
  ['nginx', {}, 'the format "nginx" is unknown; known are nginx-json, combined'],
  ['', {}, 'the format "" is unknown; known are nginx-json, combined'],
  [
    'combined',
    { client: 'http_x_client' },
    /client field "http_x_client" of combined is unknown; expected remote_user/,
  ],
  ['combined', { integration: 'extra0' }, /integration field "extra0"/],
  ['combined', { client: 'extra33' }, /extra1 to extra32/],
  ['nginx-json', { client: '' }, /client field of nginx-json is empty/],
])('%j with %j is refused', (name, fields, message) => {
  expect(() => openGatewayFormat(name, fields)).toThrow(message)
})
