import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { isLoopback } from '../../runtime/address.ts'
import { CONNECTION_BOUNDS } from '../../runtime/connection-bounds.ts'
import { judgeProvenance, readProvenance } from '../../runtime/judge-provenance.ts'
import { StoreError } from '../store.ts'
import { BODY_BYTES_MAX, createAnswerer, type Reply } from './answer-request.ts'
import { announceEndpoint, TOKEN_HEADER, withdrawEndpoint } from './find-endpoint.ts'
import { openReadEngine } from './read-engine.ts'

type ReadOnlySettings = {
  /** The folder of the embedded store, held by this process. */
  readonly path: string
  /** Where a request names none. */
  readonly database: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly logger: { warn(message: string): void }
}

export type ReadOnlyEndpoint = {
  readonly url: string
  close(): Promise<void>
}

const CONNECTIONS_MAX = 128
const CLOSE_TIMEOUT_MS = 5_000

/**
 * Answers ClickHouse's HTTP protocol from the embedded store, for reading: curl, Grafana, DBeaver, Metabase and
 * ClickHouse's own clients work as against a server. Users and passwords are accepted whatever they are: on loopback
 * whoever can connect may read; on another address so may the network, which is logged as a warning.
 * Throws StoreError ENDPOINT_PORT when the address can't be listened on.
 */
export async function serveReadOnly(settings: ReadOnlySettings): Promise<ReadOnlyEndpoint> {
  const folder = resolve(settings.path)
  const token = randomUUID()
  const isLocal = isLoopback(settings.host)
  const engine = await openReadEngine(folder, settings.database)
  const answerer = createAnswerer(engine)
  // A query in the URL may be as long as one in the body.
  const server = createServer({ maxHeaderSize: BODY_BYTES_MAX, ...CONNECTION_BOUNDS })
  server.maxConnections = CONNECTIONS_MAX
  server.on('request', (message, response) => {
    // Nothing that a caller sends may end the process that counts, whatever is wrong with how it is answered.
    respond(message, response).catch(error => {
      settings.logger.warn(`a request to the store's endpoint could not be answered: ${error}`)
      response.destroy()
    })
  })

  async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const foreign = judgeProvenance(readProvenance(message.headers), {
      isLoopback: isLocal,
      isForeignAllowed: false,
    })
    if (foreign !== null) return send(response, plainReply(403, `${foreign}\n`), token)
    const url = readUrl(message)
    if (url === null) return send(response, plainReply(400, 'Expected a path that begins with /.\n'), token)
    const plain = answerPlainly(message, url)
    send(response, plain ?? (await answerer.answer(message, url, gone.signal)), token)
  }

  try {
    await listen(server, settings)
  } catch (error) {
    await engine.close()
    throw error
  }
  const url = `http://${formatHost(settings.host)}:${readPort(server)}`
  if (!isLocal) {
    settings.logger.warn(`${url} lets anyone who reaches it read the whole store, without a password`)
  }
  await announceEndpoint(folder, { pid: process.pid, url, token })

  return {
    url,
    async close() {
      await withdrawEndpoint(folder, token)
      const closed = new Promise<void>(resolveClosed => server.close(() => resolveClosed()))
      server.closeIdleConnections()
      await answerer.stop()
      const force = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
      await closed
      clearTimeout(force)
      await engine.close()
    },
  }
}

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

function send(response: ServerResponse, { status, headers, body }: Reply, token: string): void {
  response.writeHead(status, { ...headers, [TOKEN_HEADER]: token, 'content-length': body.length })
  response.end(body)
}

function readUrl(message: IncomingMessage): URL | null {
  const path = message.url ?? ''
  if (!/^\/(?!\/)/.test(path)) return null
  return URL.canParse(path, BASE) ? new URL(path, BASE) : null
}

/** Of the URL only the path and its parameters are looked at. */
const BASE = 'http://localhost'

function formatHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}

function readPort(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the endpoint listens on no TCP port')
  return address.port
}

function listen(server: Server, { host, port }: ReadOnlySettings): Promise<void> {
  return new Promise((resolveListening, reject) => {
    server.once('error', error => reject(explainListenError(error, host, port)))
    server.listen(port, host, () => resolveListening())
  })
}

function explainListenError(error: Error, host: string, port: number): StoreError {
  const where = `${formatHost(host)}:${port}`
  const isTaken = 'code' in error && error.code === 'EADDRINUSE'
  const words = isTaken
    ? `${where} is in use by another process`
    : `can't listen on ${where}: ${error.message}`
  return new StoreError(
    `the store's read-only endpoint: ${words}; ` +
      `set FORBRUK_STORE_LISTEN to a free host:port, e.g. ${formatHost(host)}:${port + 1}`,
    'ENDPOINT_PORT',
    { cause: error },
  )
}
