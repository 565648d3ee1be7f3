import { createServer, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { type Address, isLoopback } from '@forbruk/infra/runtime/address.ts'
import { CONNECTION_BOUNDS } from '@forbruk/infra/runtime/connection-bounds.ts'
import type { Logger } from 'pino'
import { type Answer, answerNoRequest, answerRefusal } from './answer.ts'
import { answerRequest, type Parts } from './answer-request.ts'
import { AppendInTurn } from './append-in-turn.ts'
import { BOUNDS } from './bounds.ts'
import { InFlight } from './in-flight.ts'
import type { TokenHolder } from './sender.ts'
import { EventTaker } from './take-events.ts'
import { type RenderedMetrics, Tally } from './tally.ts'

type CollectorSettings = {
  readonly listen: Address
  /** Null for none, which is allowed on loopback alone. */
  readonly holders: readonly TokenHolder[] | null
  readonly log: Pick<EventLog, 'append'>
  readonly logger: Logger
  readonly renderMetrics: (figures: CollectorFigures) => Promise<RenderedMetrics>
}

/** Since it was opened; what is in flight now. `refused` by the kind of the answer. */
export type CollectorFigures = Tally['figures'] & { readonly inFlightBytes: number }

type OpenCollector = {
  readonly url: string
  figures(): CollectorFigures
  /** Takes nothing more, answers what is being asked, and resolves when that is done. */
  close(): Promise<void>
}

/** The collector can't be opened as it is set; `message` says what to do. */
export class CollectorError extends Error {
  override name = 'CollectorError'
}

/** Takes requests' events over HTTP into the log. Throws CollectorError. */
export async function openCollector(settings: CollectorSettings): Promise<OpenCollector> {
  const { listen, holders, log, logger, renderMetrics } = settings
  const isLocal = isLoopback(listen.host)
  if (!isLocal && holders === null) {
    throw new CollectorError(
      `the collector is not opened on ${listen.host}: others reach it there; expected FORBRUK_COLLECTOR_TOKENS with it`,
    )
  }
  const server = createServer(CONNECTION_BOUNDS)
  server.maxConnections = BOUNDS.connectionsMax
  const tally = new Tally()
  const inFlight = new InFlight(BOUNDS)
  const figures = () => ({ ...tally.figures, inFlightBytes: inFlight.bytes })
  serve(server, {
    policy: { isLoopback: isLocal, holders },
    taker: new EventTaker(new AppendInTurn(log)),
    inFlight,
    tally,
    logger,
    renderMetrics: () => renderMetrics(figures()),
  })
  await start(server, listen)
  const address = server.address()
  const port = address === null || typeof address === 'string' ? listen.port : address.port
  const url = `http://${isIP(listen.host) === 6 ? `[${listen.host}]` : listen.host}:${port}`
  logger.info({ url, needsToken: holders !== null }, 'collector')
  return { url, figures, close: () => stop(server) }
}

function serve(server: Server, parts: Parts): void {
  server.on('request', (request, response) => {
    answerRequest(request, parts)
      .catch(error => {
        parts.logger.error({ err: error }, 'a request failed')
        parts.tally.refuse({ kind: 'failure' })
        return answerRefusal({ kind: 'failure', status: 500, detail: 'something went wrong here' })
      })
      .then(answer => (answer === null ? response.destroy() : send(response, answer, server.listening)))
  })
  // What is no HTTP, or comes too slowly.
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (socket.writable) socket.write(formatBare(answerNoRequest(error.code)))
    socket.destroy()
  })
}

function send(response: ServerResponse, { status, headers, body }: Answer, staysOpen: boolean): void {
  // Else a sender's idle connection would keep the process for as long as the sender likes.
  if (!staysOpen) response.setHeader('connection', 'close')
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length })
  response.end(body)
}

/** Written to the socket itself, which has no response to write to. */
function formatBare({ status, headers, body }: Answer): string {
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

async function start(server: Server, { host, port }: Address): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    const words = isTaken ? 'is in use by another process' : `can't be listened on (${String(error)})`
    throw new CollectorError(
      `the collector: ${host}:${port} ${words}; set FORBRUK_COLLECT_LISTEN to a free host:port, ` +
        `e.g. ${host}:${port + 1}`,
      { cause: error },
    )
  }
}

function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
