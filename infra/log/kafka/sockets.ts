import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs'

/** As kafkajs sets it. */
const KEEP_ALIVE_DELAY_MS = 60_000

/**
 * Every connection of one kafkajs client. kafkajs ends a connection only once every request on it is answered, which
 * takes long when a broker stands still, and may go on connecting after it was told to stop.
 */
export class KafkaSockets {
  /** With the address of each, as kafkajs's errors have it. */
  readonly #open = new Map<Socket, string>()
  #isShut = false

  readonly connect: ISocketFactory = address => {
    const socket = openSocket(address)
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    this.#open.set(socket, `${address.host}:${address.port}`)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#isShut) end(socket, CLOSED)
    return socket
  }

  /** What still waits for an answer of that broker fails now; it is connected to anew when it is asked next. */
  cut(address: string): void {
    for (const [socket, of] of this.#open) if (of === address) end(socket, 'this broker did not answer')
  }

  /** What still waits for an answer fails now, and so does every further attempt to connect. */
  shut(): void {
    this.#isShut = true
    for (const socket of this.#open.keys()) end(socket, CLOSED)
  }
}

const CLOSED = 'this client was closed'

function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  if (!ssl) return connectPlain({ host, port }, onConnect)
  const name = isIP(host) === 0 ? { servername: host } : {}
  return connectTls({ host, port, ...name, ...ssl }, onConnect)
}

function end(socket: Socket, why: string): void {
  socket.destroy(new Error(why))
}
