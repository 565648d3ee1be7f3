import { expect, test } from 'vitest'
import { DECLARATIONS } from './declarations.ts'
import { bytesBasisOf, openGatewayFormat } from './formats.ts'

const user = { client: 'remote_user' }

test.each([
  ['nginx-json', {}, 'headers_and_body'],
  ['combined', user, 'body'],
  ['common', user, 'body'],
  ['combined-vhost', user, 'headers_and_body'],
  ['syslog+combined', user, 'body'],
  ['docker+nginx-json', {}, 'headers_and_body'],
])('%s says what its bytes are', (name, fields, bytesBasis) => {
  expect(openGatewayFormat(name, fields)).toMatchObject({ name, bytesBasis, timeBasis: 'end' })
  expect(bytesBasisOf(name)).toBe(bytesBasis)
})

test.each([['sqlite'], ['+combined'], ['syslog+'], ['syslog+docker+combined'], ['']])(
  'of the unknown %j nobody knows what its bytes are',
  name => expect(bytesBasisOf(name)).toBeNull(),
)

test.each([
  ['combined', 'remote_addr', 'gateway'],
  ['combined', 'remote_user', 'caller'],
  ['common', 'extra1', 'operator'],
  ['nginx-json', 'consumer', 'operator'],
])('%s with %s says on whose word the client stands', (name, client, setBy) => {
  expect(openGatewayFormat(name, { client }).client).toEqual({ field: client, setBy })
})

test.each([['combined'], ['combined-vhost'], ['common'], ['cri+combined']])(
  'of %s nobody is metered who was not chosen',
  name => {
    const choice = /does not say who is metered.*--client-field.*remote_addr.*remote_user.*unchecked.*extra1/
    expect(() => openGatewayFormat(name)).toThrow(choice)
    expect(() => openGatewayFormat(name, { integration: 'extra1' })).toThrow(choice)
  },
)

test.each([
  ['combined', 'remote_user', 401, 'rejected'],
  ['combined', 'remote_user', 407, 'rejected'],
  ['combined', 'remote_user', 403, 'request'],
  ['combined', 'extra1', 401, 'rejected'],
  ['combined', 'remote_addr', 401, 'request'],
  ['combined', 'remote_addr', 407, 'request'],
])('%s with the client from %s: a line with %i is a %s', (name, client, status, kind) => {
  const line = `192.0.2.7 - victim [01/Oct/2026:00:00:00 +0200] "GET / HTTP/1.1" ${status} 1 "-" "-" "victim"`
  const parsed = openGatewayFormat(name, { client }).parseLine(Buffer.from(line))
  expect(parsed).toMatchObject(kind === 'request' ? { kind } : { kind, reason: 'client_unauthenticated' })
})

test('the operator chooses the fields', () => {
  const line = Buffer.from('1.2.3.4 - - [01/Oct/2026:00:00:00 +0200] "-" 200 1 "-" "-" a b')
  expect(
    openGatewayFormat('combined', { client: 'extra2', integration: 'extra1' }).parseLine(line),
  ).toMatchObject({
    clientId: 'b',
    integrationId: 'a',
  })
  const common = Buffer.from('1.2.3.4 - - [01/Oct/2026:00:00:00 +0200] "-" 200 1 a b')
  expect(openGatewayFormat('common', { client: 'extra1' }).parseLine(common)).toMatchObject({ clientId: 'a' })
})

const UNKNOWN = `is unknown; known are ${DECLARATIONS.map(each => each.format).join(', ')}, each also as syslog+…`

test.each([
  ['nginx', {}, `the format "nginx" ${UNKNOWN}`],
  ['', {}, `the format "" ${UNKNOWN}`],
  ['xml+combined', user, `the format "xml+combined" ${UNKNOWN}`],
  [
    'combined',
    { client: 'http_x_client' },
    /client field "http_x_client" of combined is unknown; expected remote_addr, remote_user, /,
  ],
  ['combined', { ...user, integration: 'extra0' }, /integration field "extra0"/],
  ['combined', { client: 'extra33' }, /extra1 to extra32/],
  ['nginx-json', { client: '' }, /client field of nginx-json is empty/],
])('%j with %j is refused', (name, fields, message) => {
  expect(() => openGatewayFormat(name, fields)).toThrow(message)
})
