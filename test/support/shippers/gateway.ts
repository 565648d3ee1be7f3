import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../process/free-port.ts'
import { killAtExit } from '../process/kill-at-exit.ts'
import { until } from '../wait/until.ts'

const LOG_FORMAT = join(import.meta.dirname, '../../../infra/shippers/nginx/log-format.conf')
const CLIENTS = ['acme', 'bakke', 'fjord-æøå'] as const
/** A caller whom NGINX does not know: its lines name no client. */
const STRANGER = 'stranger'
/** The most requests that are under way at once, on one connection. */
const PIPELINED_MAX = 40
const CONNECTION_TIMEOUT_MS = 60_000

/** Of one client, as it counted itself. */
export type Tally = { requests: number; requestBytes: number; responseBytes: number }

/** A real NGINX with the shipped log format, and callers that count every byte that they send and get. */
export class Gateway {
  readonly accessLog: string
  readonly sent = new Map<string, Tally>()
  strangers = 0
  readonly #port: number
  readonly #nginx: ChildProcess
  #turn = 0

  constructor(accessLog: string, port: number, nginx: ChildProcess) {
    this.accessLog = accessLog
    this.#port = port
    this.#nginx = nginx
  }

  /** Each caller in turn sends so many requests over one connection and reads all answers. */
  async serve(requestCount: number): Promise<void> {
    for (let left = requestCount; left > 0; left -= PIPELINED_MAX) {
      const caller = this.#turn % 10 === 9 ? STRANGER : (CLIENTS[this.#turn % CLIENTS.length] ?? STRANGER)
      this.#turn += 1
      await this.#call(caller, Math.min(left, PIPELINED_MAX))
    }
  }

  async #call(caller: string, count: number): Promise<void> {
    const requests = Array.from({ length: count }, (_, index) =>
      requestOf(caller, index, index === count - 1),
    )
    const socket = connect({ port: this.#port, host: '127.0.0.1', timeout: CONNECTION_TIMEOUT_MS })
    socket.on('timeout', () => socket.destroy(new Error('NGINX does not answer')))
    socket.write(requests.join(''))
    let responseBytes = 0
    for await (const chunk of socket) responseBytes += Buffer.from(chunk).length
    if (caller === STRANGER) {
      this.strangers += count
      return
    }
    const tally = this.sent.get(caller) ?? { requests: 0, requestBytes: 0, responseBytes: 0 }
    tally.requests += count
    tally.requestBytes += Buffer.byteLength(requests.join(''))
    tally.responseBytes += responseBytes
    this.sent.set(caller, tally)
  }

  get lines(): number {
    return [...this.sent.values()].reduce((sum, { requests }) => sum + requests, this.strangers)
  }

  /** Of the log that is written now. */
  readLines(): string[] {
    return readFileSync(this.accessLog, 'utf8').split('\n').slice(0, -1)
  }

  /** As logrotate does: the log gets another name, and NGINX is told to open it anew. */
  async rotate(): Promise<void> {
    renameSync(this.accessLog, `${this.accessLog}.1`)
    this.#nginx.kill('SIGUSR1')
    await until(
      () => readIfThere(this.accessLog) !== null,
      () => `${this.accessLog}, made anew by NGINX`,
    )
  }

  async stop(): Promise<void> {
    const ended = once(this.#nginx, 'exit')
    this.#nginx.kill('SIGKILL')
    await ended
  }
}

/** Ordinary ones, answers without a body, and a path that is longer than most buffers. */
function requestOf(caller: string, index: number, isLast: boolean): string {
  const [method, path] = (
    [
      ['GET', '/hello'],
      ['HEAD', '/hello'],
      ['GET', `/missing/${'x'.repeat(4_000)}`],
      ['GET', '/large?quote="'],
    ] as const
  )[index % 4] ?? ['GET', '/']
  const key = `X-API-Key: key-of-${caller === 'fjord-æøå' ? 'fjord' : caller}\r\n`
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${key}${isLast ? 'Connection: close\r\n' : ''}\r\n`
}

export async function startGateway(folder: string): Promise<Gateway> {
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  const accessLog = join(folder, 'api.log')
  const configuration = join(folder, 'nginx.conf')
  writeFileSync(configuration, configure(folder, port, accessLog))
  const nginx = spawn('nginx', ['-c', configuration, '-p', folder, '-e', join(folder, 'error.log')], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'inherit',
  })
  killAtExit(nginx)
  await until(
    () => answers(port),
    () => `NGINX on port ${port}: ${readIfThere(join(folder, 'error.log'))}`,
  )
  return new Gateway(accessLog, port, nginx)
}

function configure(folder: string, port: number, accessLog: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    each => `${each}_temp_path ${folder}/${each};`,
  )
  return `
    daemon off;
    master_process off;
    pid ${folder}/nginx.pid;
    events { worker_connections 64; }
    http {
      ${temporary.join('\n')}
      map $http_x_api_key $client_id {
        default "";
        key-of-acme acme;
        key-of-bakke bakke;
        key-of-fjord fjord-æøå;
      }
      map $http_x_api_key $integration_id { default ""; key-of-acme shop; }
      include ${LOG_FORMAT};
      server {
        listen 127.0.0.1:${port};
        access_log ${accessLog} forbruk;
        location /hello { return 200 "hello\\n"; }
        location /large { return 200 "${'æ'.repeat(1_500)}"; }
        location / { return 404; }
      }
    }`
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
