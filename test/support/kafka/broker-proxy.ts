import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** All that is said to a broker goes through it, and can be made to go nowhere, as in a network that is cut. */
export class BrokerProxy {
  readonly #port: number
  readonly #brokerPort: number
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #isCut = false
  readonly #server = createServer(client => this.#serve(client))

  constructor(port: number, brokerPort: number) {
    this.#port = port
    this.#brokerPort = brokerPort
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    // It ends with the process that tests.
    this.#server.unref()
  }

  /** Nothing comes through from now on, and nobody is told. */
  cut(): void {
    this.#isCut = true
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  /** Connections from before are gone; new ones come through. */
  heal(): void {
    this.#isCut = false
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }

  #serve(client: Socket): void {
    const broker = connect(this.#brokerPort, '127.0.0.1')
    const pair = [client, broker] as const
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [broker, client] as const]) {
      from.pipe(to)
      from.unref()
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        this.#pairs.delete(pair)
      })
      if (this.#isCut) from.pause()
    }
  }
}
