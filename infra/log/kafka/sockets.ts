import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs'

/** As kafkajs sets it. */
const KEEP_ALIVE_DELAY_MS = 60_000
/** A little more than an append may wait for its replicas, which is the longest that anything takes. */
const SILENCE_MAX_MS = 15_000
const LOOKS_SILENT_MAX = 5

/**
 * Every connection of one kafkajs client. kafkajs ends a connection only once every request on it is answered, which
 * takes long when a broker stands still, and may go on connecting after it was told to stop. Nor does it ask who leads
 * when a request is not answered in time, but when its connection is gone: so one on which no answer comes is ended.
 */
export class KafkaSockets {
  /** With the address of each, as kafkajs's errors have it. */
  readonly #open = new Map<Socket, string>()
  readonly #silenceMaxMs: number
  #isShut = false

  constructor(silenceMaxMs = SILENCE_MAX_MS) {
    this.#silenceMaxMs = silenceMaxMs
  }

  readonly connect: ISocketFactory = address => {
    const socket = openSocket(address)
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    endWhenSilent(socket, this.#silenceMaxMs)
    this.#open.set(socket, `${address.host}:${address.port}`)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#isShut) end(socket, CLOSED)
    return socket
  }

  /** What still waits for an answer of that broker fails now; it is connected to anew when it is asked next. */
  cut(address: string): void {
    for (const [socket, of] of this.#open) if (of === address) end(socket, SILENT)
  }

  /** What still waits for an answer fails now, and so does every further attempt to connect. */
  shut(): void {
    this.#isShut = true
    for (const socket of this.#open.keys()) end(socket, CLOSED)
  }
}

const CLOSED = 'this client was closed'
const SILENT = 'this broker did not answer'

function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  if (!ssl) return connectPlain({ host, port }, onConnect)
  const name = isIP(host) === 0 ? { servername: host } : {}
  return connectTls({ host, port, ...name, ...ssl }, onConnect)
}

/** Where nothing waits for an answer, nothing is expected. */
function endWhenSilent(socket: Socket, silenceMaxMs: number): void {
  let bytesAnswered = 0
  let looksSilent = 0
  // Not by the socket's own timeout, at which kafkajs hangs up, also where it asked for nothing.
  const looking = setInterval(() => {
    looksSilent = socket.bytesWritten > bytesAnswered ? looksSilent + 1 : 0
    if (looksSilent > LOOKS_SILENT_MAX) end(socket, SILENT)
  }, silenceMaxMs / LOOKS_SILENT_MAX).unref()
  socket.on('data', () => {
    bytesAnswered = socket.bytesWritten
    looksSilent = 0
  })
  socket.once('close', () => clearInterval(looking))
}

function end(socket: Socket, why: string): void {
  socket.destroy(new Error(why))
}
