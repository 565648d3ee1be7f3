import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** What happens to requests, those that write and those that read, until another fault is set. */
export type ProxyFault =
  | { readonly kind: 'none' }
  /** Nobody listens. */
  | { readonly kind: 'refuse' }
  /** Each request waits before it is passed on. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Answered without being passed on, as a server does whose memory or parts are at their limit. */
  | { readonly kind: 'overloaded' }
  /** An insert takes effect; the answer is that it timed out. */
  | { readonly kind: 'unknown-status' }

/** What happens once, to the next insert into a table. */
type InsertTrap = {
  readonly table: string
  /** Before it is passed on, with the promise that is waited for. */
  readonly before?: () => Promise<void>
  /** After it took effect; the answer is withheld until the promise resolves, and then sent if anyone is there. */
  readonly after?: () => Promise<'answer' | 'cut'>
}

const KEEP_ALIVE_MS = 60_000

/** Stands before a ClickHouse server on a port of its own, passes requests on and misbehaves when told to. */
export class FaultyProxy {
  readonly #upstream: URL
  #port: number
  #server: Server | null = null
  #fault: ProxyFault = { kind: 'none' }
  readonly #traps: InsertTrap[] = []

  constructor(upstream: string) {
    this.#upstream = new URL(upstream)
    this.#port = 0
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async listen(): Promise<void> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 })
    server.on('request', (message, response) => {
      this.#pass(message, response).catch(() => response.destroy())
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'object' && address !== null) this.#port = address.port
    this.#server = server
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  async misbehave(fault: ProxyFault): Promise<void> {
    this.#fault = fault
    if (fault.kind === 'refuse') await this.close()
    else if (this.#server === null) await this.listen()
  }

  /** Answers how to take it away again, when no insert has sprung it. */
  trap(trap: InsertTrap): () => void {
    this.#traps.push(trap)
    return () => {
      const index = this.#traps.indexOf(trap)
      if (index >= 0) this.#traps.splice(index, 1)
    }
  }

  async #pass(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(message)
    const fault = this.#fault
    if (fault.kind === 'slow') await setTimeout(fault.delayMs)
    if (fault.kind === 'overloaded') return refuse(response, 252, 'TOO_MANY_PARTS')
    const trap = this.#springTrap(statementOf(message, body))
    await trap?.before?.()
    const answer = await this.#forward(message, body)
    const verdict = (await trap?.after?.()) ?? 'answer'
    if (verdict === 'cut') response.destroy()
    else if (fault.kind === 'unknown-status' && isInsert(statementOf(message, body))) {
      refuse(response, 319, 'UNKNOWN_STATUS_OF_INSERT')
    } else if (!response.destroyed) {
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
    }
  }

  #springTrap(statement: string): InsertTrap | null {
    const index = this.#traps.findIndex(({ table }) => isInsert(statement, table))
    return index < 0 ? null : (this.#traps.splice(index, 1)[0] ?? null)
  }

  async #forward(message: IncomingMessage, body: Buffer) {
    const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = message.headers
    const passed = request(new URL(message.url ?? '/', this.#upstream), {
      method: message.method ?? 'POST',
      headers: { ...headers, 'content-length': body.length, connection: 'close' },
      agent: false,
    })
    passed.end(body)
    const [answer] = (await once(passed, 'response')) as [IncomingMessage]
    const { 'transfer-encoding': ____, connection: _____, ...kept } = answer.headers
    return { status: answer.statusCode ?? 500, headers: kept, body: await readAll(answer) }
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** How it begins. It is in the URL where the body is an insert's data. */
function statementOf({ url }: IncomingMessage, body: Buffer): string {
  return new URL(url ?? '/', 'http://127.0.0.1').searchParams.get('query') ?? body.toString('latin1', 0, 200)
}

function isInsert(statement: string, table = ''): boolean {
  return statement.startsWith(`INSERT INTO ${table}`)
}

function refuse(response: ServerResponse, code: number, type: string): void {
  response.writeHead(500, { 'x-clickhouse-exception-code': String(code) })
  response.end(`Code: ${code}. DB::Exception: told to say so by a test. (${type}) (version 26.0.0.0)\n`)
}
