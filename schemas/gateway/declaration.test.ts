import { expect, test } from 'vitest'
import { DECLARATIONS, findDeclaration } from './declarations.ts'
import { openDeclared, readOwnDeclaration } from './formats.ts'

const combined = findDeclaration('combined')
const own = { ...combined, format: 'my-gateway' }
const read = (declared: unknown) => readOwnDeclaration(JSON.stringify(declared), './my-gateway.json')

test('a format of the operator’s own is read like any other', () => {
  const text = { syntax: 'key_value' }
  const bytes = { requestBytes: { field: 'in' }, responseBytes: { field: 'out', zeroIfMissing: true } }
  const declared = {
    ...own,
    text,
    client: 'who',
    integration: 'app',
    ...bytes,
    time: [{ field: 't', as: 'unix_ms' }],
  }
  const { name, parseLine } = openDeclared(read(declared), 'syslog')
  expect(name).toBe('syslog+my-gateway')
  const line =
    '<190>Oct  1 12:00:01 gw-1 app: t=1790856001123 who="nordlys \\"as\\"" app=regnskap status=200 in=5 out=-'
  expect(parseLine(Buffer.from(line))).toEqual({
    kind: 'request',
    clientId: 'nordlys "as"',
    integrationId: 'regnskap',
    timeMs: 1_790_856_001_123,
    status: 200,
    requestBytes: 5,
    responseBytes: 0,
  })
  expect(parseLine(Buffer.from(`${line} who=victim`))).toMatchObject({ reason: 'client_invalid' })
  expect(parseLine(Buffer.from(line.replace('app=', 'app ')))).toMatchObject({ reason: 'line_not_combined' })
})

test('a delimited one as well, with quotes where a value holds the separator', () => {
  const text = { syntax: 'delimited', separator: ';', columns: ['t', 'who', 'status', 'bytes'] }
  const bytes = { requestBytes: null, responseBytes: { field: 'bytes' } }
  const times = { time: [{ field: 't', as: 'iso8601', offset: '+02:00' }] }
  const { parseLine } = openDeclared(
    read({ ...own, text, client: 'who', ...bytes, ...times, fields: {} }),
    null,
  )
  const parse = (line: string) => parseLine(Buffer.from(line))
  expect(parse('2026-10-01T12:00:01;"nordlys; ""as""";200;5')).toMatchObject({
    clientId: 'nordlys; "as"',
    timeMs: Date.UTC(2026, 9, 1, 10, 0, 1),
    responseBytes: 5,
  })
  expect(parse('2026-10-01T12:00:01;;200;5')).toMatchObject({ reason: 'client_missing' })
  expect(parse('2026-10-01T12:00:01;a;b;200;5')).toMatchObject({ reason: 'line_not_combined' })
  expect(parse('2026-10-01T12:00:01;a;200')).toMatchObject({ reason: 'line_truncated' })
  expect(parse('2026-10-01T12:00:01;"a;200;5')).toMatchObject({ reason: 'line_truncated' })
})

test('what says that there is nothing is told by the format', () => {
  const missing = openDeclared(read({ ...own, client: 'remote_user', missing: ['anonymous'] }), null)
  const line = '192.0.2.7 - anonymous [01/Oct/2026:12:00:01 +0000] "GET / HTTP/1.1" 200 5'
  expect(missing.parseLine(Buffer.from(line))).toMatchObject({ reason: 'client_missing' })
})

test.each<[unknown, RegExp]>([
  [{ ...own, format: 'My Gateway' }, /\$\.format is "My Gateway"; expected a name of small letters/],
  [
    { ...own, format: 'combined' },
    /\$\.format is "combined", which comes with Forbruk; expected another name/,
  ],
  [{ ...own, evidence: 'hearsay' }, /\$\.evidence is "hearsay"; expected "real_run", "documentation"/],
  [{ ...own, satus: 'status' }, /\$\.satus is unknown/],
  [
    { ...own, method: undefined, responseBytes: { field: 'body_bytes_sent', isContentLength: true } },
    /\$\.method is .*expected a field: isContentLength counts nothing of an answer to HEAD/,
  ],
  [{ ...own, status: undefined }, /\$\.status is missing; expected an object with field/],
  [{ ...own, time: [] }, /\$\.time is \[\]; expected one or more/],
  [
    { ...own, time: [{ field: 'time_local', as: 'unix' }] },
    /\$\.time\[0\]\.as is "unix"; expected "unix_s", /,
  ],
  [
    { ...own, time: [{ field: 'a', as: 'local', offset: 'Europe/Oslo' }] },
    /offset is "Europe\/Oslo"; expected Z, or/,
  ],
  [{ ...own, text: { syntax: 'xml' } }, /\$\.text\.syntax is "xml"; expected "json", "tokens"/],
  [
    { ...own, fields: { a: { setBy: 'nobody', is: 'x' } } },
    /\$\.fields\.a\.setBy is "nobody"; expected "gateway"/,
  ],
  [{ ...own, status: { field: 'code' } }, /\$\.text: the line has no \$code/],
  [
    { ...own, text: { syntax: 'tokens', escapes: 'backslash', line: '$a$b $status' } },
    /\$\.text: \$b follows another field/,
  ],
  [
    { ...own, text: { syntax: 'tokens', escapes: 'backslash', line: '$a $a' } },
    /\$\.text: the line has \$a twice/,
  ],
  [
    { ...own, text: { syntax: 'delimited', separator: ',', columns: ['status'] } },
    /\$\.text: the .* field "time_local" of my-gateway is unknown; expected status/,
  ],
  [[], /\$ is \[\]; expected an object/],
])('what is wrong in a file is named with what was expected: %#', (declared, message) => {
  expect(() => read(declared)).toThrow(message)
  expect(() => read(declared)).toThrow("the format ./my-gateway.json can't be used")
})

test('what is no JSON is named as such', () => {
  expect(() => readOwnDeclaration('{', 'x.json')).toThrow(
    /\$ is no JSON .*expected a format as forbruk formats show/,
  )
})

test('each format that comes with Forbruk says whose word it is whom it meters', () => {
  for (const { format, client, fields, otherFields, source, traps } of DECLARATIONS) {
    expect(source, format).toMatch(/^https?:/)
    expect(traps.length, format).toBeGreaterThan(0)
    const setBy = client === null ? 'gateway' : (fields[client] ?? otherFields).setBy
    // Their name is the one that was tried; a 401 counts for nobody then.
    const isTried = ['traefik-json', 'iis'].includes(format)
    expect([format, setBy]).not.toEqual([format, isTried ? '' : 'caller'])
  }
})
