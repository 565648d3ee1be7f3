import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { isLoopback } from '../../runtime/address.ts'
import { CONNECTION_BOUNDS } from '../../runtime/connection-bounds.ts'
import { judgeProvenance, readProvenance } from '../../runtime/judge-provenance.ts'
import { BODY_BYTES_MAX, createAnswerer, type Reply } from './answer-request.ts'
import { TOKEN_HEADER } from './find-endpoint.ts'
import type { ReadEngine } from './read-engine.ts'
import { sendReply } from './send-reply.ts'

type QueryServerSettings = {
  readonly engine: ReadEngine
  /** Of our own commands. */
  readonly key: string
  /** Told to everybody: which store answers. */
  readonly token: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly onStuck: (reason: string) => void
  readonly onFault: (error: unknown) => void
}

type QueryServer = {
  readonly port: number
  /** Cancels what runs, begins nothing of what waits, and resolves when everybody is answered. */
  close(): Promise<void>
}

const CONNECTIONS_MAX = 128
const HEADERS_BYTES_MAX = BODY_BYTES_MAX + 16_384
const CLOSE_TIMEOUT_MS = 2_000
const TAKEN_MS = 2_000
const RETRY_MS = 100

/** ClickHouse's HTTP protocol over an engine that reads. Rejects with the system's error when it can't listen. */
export async function serveQueries(settings: QueryServerSettings): Promise<QueryServer> {
  const { engine, key, token, host, port, onStuck, onFault } = settings
  const isLocal = isLoopback(host)
  const answerer = createAnswerer(engine, key, onStuck)
  // A query in the URL may be as long as one in the body.
  const server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX, ...CONNECTION_BOUNDS })
  server.maxConnections = CONNECTIONS_MAX
  server.on('request', (message, response) => {
    // One request that can't be answered is nobody else's business, whatever is wrong with it.
    respond(message, response).catch(error => {
      onFault(error)
      response.destroy()
    })
  })

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const send = (reply: Reply) =>
      sendReply(response, { ...reply, headers: { ...reply.headers, ...SAFE_HEADERS, [TOKEN_HEADER]: token } })
    const foreign = judgeProvenance(readProvenance(message.headers), {
      isLoopback: isLocal,
      isForeignAllowed: false,
    })
    if (foreign !== null) return send(plainReply(403, `${foreign}\n`))
    const url = readUrl(message)
    if (url === null) return send(plainReply(400, 'Expected a path that begins with /.\n'))
    const plain = answerPlainly(message, url)
    if (plain !== null) return send(plain)
    return answerer.answer(message, url, gone.signal, send)
  }

  await listen(server, host, port)
  server.on('error', onFault)

  return {
    port: readPort(server),
    async close() {
      const closed = new Promise<void>(resolveClosed => server.close(() => resolveClosed()))
      server.closeIdleConnections()
      await answerer.stop()
      const force = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
      await closed
      clearTimeout(force)
    },
  }
}

/** What a query answers is nothing for a browser to make something of. */
const SAFE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }

/** What needs no query: health checks, and paths and methods that aren't there. */
function answerPlainly(message: IncomingMessage, url: URL): Reply | null {
  const isGet = message.method === 'GET' || message.method === 'HEAD'
  if (isGet && (url.pathname === '/ping' || url.pathname === '/replicas_status'))
    return plainReply(200, 'Ok.\n')
  if (url.pathname !== '/') {
    return plainReply(404, 'There is no handle here.\n\nUse / or /ping for health checks.\n')
  }
  if (isGet && !url.searchParams.has('query')) return plainReply(200, 'Ok.\n')
  if (isGet || message.method === 'POST') return null
  return plainReply(501, 'Method not supported: use GET or POST.\n')
}

function plainReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: Buffer.from(body) }
}

function readUrl(message: IncomingMessage): URL | null {
  const path = message.url ?? ''
  if (!/^\/(?!\/)/.test(path)) return null
  return URL.canParse(path, BASE) ? new URL(path, BASE) : null
}

/** Of the URL only the path and its parameters are looked at. */
const BASE = 'http://localhost'

/** The process of a killed `forbruk up` notices some moments later that it is alone, and frees the port. */
async function listen(server: Server, host: string, port: number): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      server.listen(port, host)
      await once(server, 'listening')
      return
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (!isTaken || waitedMs >= TAKEN_MS) throw error
      await wait(RETRY_MS)
    }
  }
}

function readPort(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the endpoint listens on no TCP port')
  return address.port
}
