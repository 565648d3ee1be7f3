/** Ways in which a secret comes into a line or a record, each with the secret in it; by what the shape is called. */
type SecretShapes = Readonly<Record<string, (secret: string) => string>>

const SECRET_NAMES = [
  'authorization',
  'x-api-key',
  'cookie',
  'password',
  'token',
  'session',
  'sykkel',
  'apikey',
]
const NAMES_OF_NAMES = ['name', 'key', 'field', 'header', 'k']

const quote = (text: string) => JSON.stringify(text)
const json = (value: unknown) => JSON.stringify(value)
const base64 = (text: string) => Buffer.from(text).toString('base64')
const percent = (text: string) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&')
const hex = (text: string) => Buffer.from(text).toString('hex').replaceAll(/../g, '\\x$&')
const escaped = (text: string) =>
  [...Array(text.length).keys()].map(at => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
const combined = (target: string, user = '-', agent = 'curl/8.1') =>
  `10.0.0.1 - ${user} [01/Oct/2026:00:00:00 +0200] "GET ${target} HTTP/1.1" 200 512 "-" "${agent}"`

function named(make: (name: string) => (secret: string) => string, title: string): SecretShapes {
  return Object.fromEntries(SECRET_NAMES.map(name => [`${title}, ${name}`, make(name)]))
}

const JSON_SHAPES: SecretShapes = {
  ...named(name => secret => json({ [name]: secret, path: '/a' }), 'a field'),
  ...named(name => secret => json([name, secret]), 'a pair'),
  ...named(name => secret => json({ headers: [[name, secret]] }), 'a list of pairs'),
  ...named(name => secret => json({ headers: { [name]: [secret, 'b'] } }), 'a list of values'),
  ...named(name => secret => json({ headers: json({ [name]: secret }) }), 'JSON in JSON'),
  ...named(name => secret => `{${quote(name)}:${quote(secret)},"a":`, 'cut off behind it'),
  ...named(name => secret => `{${quote(name)}:${quote(secret).slice(0, -1)}`, 'cut off in it'),
  ...Object.fromEntries(
    NAMES_OF_NAMES.map(name => [
      `an object of ${name} and value`,
      (secret: string) => json({ [name]: 'Authorization', value: secret }),
    ]),
  ),
  'a cookie as an object': secret => json({ cookies: { sid: secret } }),
  'cookies as objects': secret => json({ cookies: [{ name: 'sid', value: secret, httpOnly: true }] }),
  'a name': secret => json({ [secret]: 1 }),
  'a name within': secret => json({ sessions: { [secret]: { since: 1 } } }),
  'a text alone': secret => json(secret),
  'a list of texts': secret => json([secret, secret]),
  'a list of records': secret => json([{ client_id: 'a' }, { client_id: secret }]),
  'a number of a person': secret => `{"client_id":"a","user":${digits(secret)}}`,
  'a status that is none': secret => `{"client_id":"a","status":${digits(secret)}}`,
  'a status as text': secret => `{"client_id":"a","msec":"1759269600.123","status":"${digits(secret)}"}`,
  'a time that is none': secret => json({ client_id: 'a', msec: secret, status: '200' }),
  'bytes that are none': secret =>
    json({ client_id: 'a', msec: '1759269600.1', status: '200', request_length: secret, bytes_sent: '1' }),
  'a client that is none': secret => json({ client_id: `${secret}\u0007`, status: 200 }),
  'a client that is a list': secret => json({ client_id: [secret], status: 200 }),
  'escaped letters': secret => `{"a":"${escaped(secret)}"}`,
  'bytes as NGINX writes them': secret => `{"a":"${hex(secret)}"}`,
  'deep within': secret => json({ a: { b: { c: [{ d: [{ e: secret }] }] } } }),
  'behind what breaks': secret => `{"client_id":abc,"b":${quote(secret)}}`,
  'behind a thousand characters, where it breaks': secret => `{"a":"${'b c '.repeat(300)}","c":${secret}}`,
  'two lines in one': secret => `{"a":1}{"b":${quote(secret)}}`,
  'single quotes': secret => `{'x-api-key': '${secret}'}`,
  'a comment': secret => `{"a":1 /* ${secret} */}`,
  'a record as it is counted': secret => json({ client_id: secret, time: 'x' }),
  'a request id': secret => json({ client_id: 'a', request_id: [secret] }),
}

const TEXT_SHAPES: SecretShapes = {
  ...named(name => secret => `${name}: ${secret}`, 'a header'),
  ...named(name => secret => `${name}=${secret} a=b`, 'key=value'),
  ...named(name => secret => combined(`/a?${name}=${secret}&b=c`), 'a query'),
  'the path': secret => combined(`/v1/${secret}/orders`),
  'the user': secret => combined('/a', secret),
  'the agent': secret => combined('/a', '-', secret),
  'userinfo of a URL': secret => combined(`https://someone:${secret}@example.com/a`),
  'userinfo with two signs': secret => `postgres://user:${secret}@word@db.example.com/x`,
  'a mail address': secret => `from ${secret}@example.com`,
  bearer: secret => `Authorization: Bearer ${secret}`,
  basic: secret => `Authorization: Basic ${base64(`user:${secret}`)}`,
  'base64 alone': secret => `"${base64(secret)}"`,
  'percent signs': secret => combined(`/a?b=${percent(secret)}`),
  'a JSON Web Token': secret => `eyJhbGciOiJIUzI1NiJ9.${base64(json({ sub: secret }))}.${secret}`,
  'alone with white space': secret => ` \t${secret}\t`,
  'in angle brackets': secret => `<password>${secret}</password>`,
  CSV: secret => `a;b;${secret};200`,
  'W3C fields': secret => `2026-10-01 00:00:00 GET /a - 443 ${secret} 10.0.0.1 curl 200 0 0 12`,
  'a syslog line': secret => `<190>Oct  1 12:00:01 host nginx[1]: ${secret}`,
  'structured data': secret => `<190>1 2026-10-01T00:00:00Z host app 1 - [x key="${secret}"] text`,
  'logfmt in quotes': secret => `level=info token="${secret}" status=200`,
  'behind an escape': secret => `\u001b[31m${secret}\u001b[0m`,
  'between line ends': secret => `a\r${secret}\rb`,
  'behind a NUL': secret => `\u0000\u0000${secret}`,
  'right to left': secret => `\u202e${secret}\u202c`,
  'after a status': secret => `"GET /a HTTP/1.1" 200 ${secret}`,
  'as a status': secret => `"GET /a HTTP/1.1" ${secret} 512`,
  'split by signs': secret => combined(`/${secret.replaceAll(/(.{3})/g, '$1 ')}`),
  'as an excerpt': secret => `JSON: {"client_id":"${secret}"}`,
  'as an excerpt of text': secret => `text: ${secret}`,
  'very long': secret => secret.repeat(500),
}

export const SECRET_SHAPES: SecretShapes = { ...JSON_SHAPES, ...TEXT_SHAPES }

/** A number as long as the text, made of it. */
function digits(secret: string): string {
  return [...secret].map(character => (character.charCodeAt(0) % 9) + 1).join('')
}

/** How a secret can be found again in what was written of it: as it is, as digits, and by usual encodings. */
export function spellings(secret: string): readonly string[] {
  return [secret, digits(secret), base64(secret), percent(secret), hex(secret), escaped(secret)]
}
