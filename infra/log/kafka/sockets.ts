import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs'

/** As kafkajs sets it. */
const KEEP_ALIVE_DELAY_MS = 60_000

/**
 * Every connection of one kafkajs client. kafkajs ends a connection only once every request on it is answered, which
 * takes a minute when the group waits for a member that died, and may go on connecting after it was told to stop.
 */
export class KafkaSockets {
  readonly #open = new Set<Socket>()
  #isShut = false

  readonly connect: ISocketFactory = address => {
    const socket = openSocket(address)
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#isShut) end(socket)
    return socket
  }

  /** What still waits for an answer fails now, and so does every further attempt to connect. */
  shut(): void {
    this.#isShut = true
    for (const socket of this.#open) end(socket)
  }
}

function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  if (!ssl) return connectPlain({ host, port }, onConnect)
  const name = isIP(host) === 0 ? { servername: host } : {}
  return connectTls({ host, port, ...name, ...ssl }, onConnect)
}

function end(socket: Socket): void {
  socket.destroy(new Error('this client was closed'))
}
