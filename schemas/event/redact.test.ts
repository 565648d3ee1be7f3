import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactExcerpt } from './redact.ts'

const SECRET = 's3cr3tValue'

describe('no credential survives', () => {
  test.each([
    ['a JSON field', `{"x-api-key":"${SECRET}","path":"/a"}`],
    ['a JSON field with an escaped quote', `{"token":"ab\\"${SECRET}","path":"/a"}`],
    ['a list of header values', `{"headers":{"authorization":["Bearer x","${SECRET}"]}}`],
    ['JSON within JSON', `{"headers":"{\\"x-api-key\\":\\"${SECRET}\\",\\"a\\":1}"}`],
    [
      'JSON within JSON within JSON',
      `{"a":"{\\"b\\":\\"{\\\\\\"cookie\\\\\\":\\\\\\"${SECRET}\\\\\\"}\\"}"}`,
    ],
    ['a bearer header', `Authorization: Bearer ${SECRET}`],
    ['a bearer token alone', `"-" "Bearer ${SECRET}" 200`],
    ['a basic header', `authorization=Basic ${SECRET}==`],
    ['another scheme', `Authorization: ApiKey ${SECRET}`],
    ['the second cookie', `Cookie: theme=dark; sid=${SECRET}; a=b`],
    ['a set-cookie field', `{"set_cookie":"theme=dark; sid=${SECRET}"}`],
    ['a password in a form', `user=a&password=${SECRET}&b=c`],
    ['a name in quotes', `'client_secret': '${SECRET}'`],
    ['a URL', `"https://someone:${SECRET}@example.com/a"`],
    ['a number', `{"token":1234567${SECRET}}`],
    ['an unclosed value', `{"msec":"1","apikey":"${SECRET}`],
  ])('%s', (_, text) => expect(redactExcerpt(text)).not.toContain(SECRET))

  test.each([
    ['in a request line', `"GET /a?user=${SECRET} HTTP/1.1" 200 12`],
    ['with a space', `"GET /a?b=c d${SECRET} HTTP/1.1" 400 12`],
    ['with an apostrophe', `"GET /a?b='&c=${SECRET} HTTP/1.1"`],
    ['with an escaped quote', `{"path":"/a?b=\\"${SECRET}","status":200}`],
    ['with a hexadecimal quote', `"GET /a?b=\\x22${SECRET}\\x22 HTTP/1.1"`],
    ['with an escaped ampersand', `{"path":"/a?b=1\\u0026c=${SECRET}"}`],
    ['with an escaped question mark', `{"path":"/a\\u003fb=${SECRET}"}`],
    ['with an encoded question mark', `"GET /a%3Fb=${SECRET} HTTP/1.1"`],
    ['in the referer', `"GET /a HTTP/1.1" 200 12 "https://example.com/?q=${SECRET}" "curl"`],
    ['cut off', `{"path":"/a?b=${SECRET}`],
  ])('in a query string %s', (_, text) => expect(redactExcerpt(text)).not.toContain(SECRET))

  test.each([
    [
      'a token without a name',
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl',
    ],
    ['a hexadecimal key', '0123456789abcdef0123456789abcdef'],
  ])('%s', (_, token) => expect(redactExcerpt(`a "${token}" b`)).not.toContain(token.slice(0, 30)))

  test('wherever it stands and whatever stands around it', () => {
    const around = fc.string({ maxLength: 60 }).map(text => text.replaceAll(/["\\]/g, ''))
    const secretName = fc.constantFrom('api_key', 'X-Api-Key', 'token', 'password', 'Authorization', 'cookie')
    fc.assert(
      fc.property(around, secretName, around, (before, name, after) => {
        expect(redactExcerpt(`{"a":"${before}","${name}":"${SECRET}","b":"${after}"}`)).not.toContain(SECRET)
        expect(redactExcerpt(`{"a":"${before}?${after}${SECRET}","b":1}`)).not.toContain(SECRET)
      }),
    )
  })
})

test('what helps to find the line is kept', () => {
  const line =
    '{"msec":"1759269600.123","client_id":"nordlys-as","path":"/api/v1/orders?limit=5","status":"20'
  expect(redactExcerpt(line)).toBe(
    '{"msec":"1759269600.123","client_id":"nordlys-as","path":"/api/v1/orders?[redacted]","status":"20',
  )
})

test('any bytes give at most 240 printable characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8_192 }), raw => {
      const excerpt = redactExcerpt(raw)
      expect(excerpt.length).toBeLessThanOrEqual(240)
      expect(excerpt).toMatch(/^\P{C}*$/u)
    }),
  )
})
