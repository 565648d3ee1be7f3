import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'

/**
 * Drives a gateway by one client, which counts for itself what it sends and gets, and plays the server behind it. How
 * the samples of Traefik, Istio and Spring Cloud Gateway were recorded: the configurations stand beside this file.
 *
 *   node test/support/gateways/drive-gateway.ts --gateway 18080 --server 18090 --out traefik.client.json
 */

const { values } = parseArgs({
  options: {
    gateway: { type: 'string', default: '18080' },
    server: { type: 'string', default: '18090' },
    rounds: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})

const BIG_BYTES = 300_000
const PASSWORD = 'made-up'
/** What gateways get wrong in a name: spaces, other letters than ASCII's, quotes. */
const USERS = ['nordlys-as', 'fjord as', 'smørbrød-as', "o'brien", 'qu"ote']
/** The whole drive takes some seconds; a gateway that hangs must not hold it up. */
const ANSWER_TIMEOUT_MS = 20_000

type Asked = {
  readonly kind: string
  readonly method?: string
  readonly path?: string
  readonly user?: string
  readonly password?: string
  readonly body?: string
  readonly chunked?: true
  readonly headers?: Readonly<Record<string, string>>
  /** Goes away once so many bytes of the answer have come. */
  readonly leaveAfterBytes?: number
}
type Answer = { readonly status: string; readonly sent: number; readonly received: number }

const tally = {
  total: 0,
  requestBytes: 0,
  responseBytes: 0,
  kinds: {} as Record<string, number>,
  status: {} as Record<string, number>,
  user: {} as Record<string, { requests: number; requestBytes: number; responseBytes: number }>,
}

function answer(asked: IncomingMessage, response: ServerResponse): void {
  asked.resume().on('end', () => {
    const path = asked.url ?? ''
    const status = Number(/^\/status\/(\d{3})/.exec(path)?.[1] ?? '200')
    const body = path.startsWith('/big') ? 'x'.repeat(BIG_BYTES) : `hello ${status}\n`
    if (path.startsWith('/dies')) asked.socket.destroy()
    else if (path.startsWith('/slow')) response.writeHead(200).write('x'.repeat(1_000))
    else if (status === 204 || status === 304) response.writeHead(status).end()
    else {
      response.writeHead(status, path.startsWith('/chunked') ? {} : { 'content-length': body.length })
      response.write(body)
      response.end()
    }
  })
}

function ask({
  method = 'GET',
  path = '/hello',
  user,
  password = PASSWORD,
  ...rest
}: Asked): Promise<Answer> {
  const { body = '', chunked, headers = {}, leaveAfterBytes } = rest
  const named = user === undefined ? {} : { authorization: `Basic ${base64(`${user}:${password}`)}` }
  const length = body === '' || chunked ? {} : { 'content-length': `${body.length}` }
  return new Promise(settle => {
    let [status, received] = ['none', 0]
    const done = () => settle({ status, sent: body.length, received })
    const sent = request({
      ...{ host: '127.0.0.1', port: Number(values.gateway), method, path, agent: false },
      headers: { ...named, ...length, ...headers },
      timeout: ANSWER_TIMEOUT_MS,
    })
    sent.on('response', response => {
      status = `${response.statusCode}`
      response.on('close', done)
      response.on('data', (bytes: Buffer) => {
        received += bytes.length
        if (leaveAfterBytes !== undefined && received >= leaveAfterBytes) sent.destroy()
      })
    })
    sent.on('error', done).on('timeout', () => sent.destroy())
    sent.end(body)
  })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function listRequests(): readonly Asked[] {
  const [user = ''] = USERS
  return [
    ...USERS.flatMap(each => [
      { kind: 'get', user: each },
      { kind: 'post', user: each, method: 'POST', body: 'a'.repeat(1_000) },
      { kind: 'head', user: each, method: 'HEAD', path: '/big' },
      { kind: 'query', user: each, path: '/hello?a=b&token=made-up' },
    ]),
    { kind: 'big', user, path: '/big' },
    { kind: 'chunked-answer', user, path: '/chunked' },
    { kind: 'chunked-post', user, method: 'POST', body: 'b'.repeat(500), chunked: true },
    ...[204, 304, 404, 429, 500, 503].map(status => ({ kind: 'status', user, path: `/status/${status}` })),
    { kind: 'options', user, method: 'OPTIONS' },
    { kind: 'delete', user, method: 'DELETE', path: '/status/204' },
    { kind: 'quoted-path', user, path: '/q"x"?y="z"' },
    { kind: 'quoted-agent', user, headers: { 'user-agent': 'a "b" c' } },
    { kind: 'odd-agent', user, headers: { 'user-agent': 'tab\\t [x] {y}', referer: 'http://r.test/"a' } },
    { kind: 'server-dies', user, path: '/dies' },
    { kind: 'wrong-password', user, password: 'wrong' },
    { kind: 'nobody' },
    { kind: 'no-route', user, path: '/no-route' },
    { kind: 'left', user, path: '/slow', leaveAfterBytes: 1 },
  ]
}

function count({ kind, user = '-' }: Asked, { status, sent, received }: Answer): void {
  const name = status === '401' ? '-' : user
  const own = tally.user[name] ?? { requests: 0, requestBytes: 0, responseBytes: 0 }
  tally.user[name] = {
    requests: own.requests + 1,
    requestBytes: own.requestBytes + sent,
    responseBytes: own.responseBytes + received,
  }
  tally.total += 1
  tally.requestBytes += sent
  tally.responseBytes += received
  tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1
  tally.status[status] = (tally.status[status] ?? 0) + 1
}

const server = createServer(answer)
await new Promise<void>(listening => server.listen(Number(values.server), '127.0.0.1', listening))
for (let round = 0; round < Number(values.rounds); round++) {
  for (const asked of listRequests()) count(asked, await ask(asked))
}
server.closeAllConnections()
server.close()
const text = `${JSON.stringify(tally, null, 2)}\n`
if (values.out === undefined) console.log(text)
else writeFileSync(values.out, text)
