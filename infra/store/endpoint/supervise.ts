import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { StoreError } from '../store.ts'
import { describeStore } from './describe-store.ts'
import { type Order, type Report, reportShape, STOP } from './messages.ts'

type QueriesSettings = {
  /** Of the embedded store, held by this process. */
  readonly folder: string
  readonly database: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly token: string
  readonly key: string
  /** After everything else on the machine, or as this process. */
  readonly priority: 'low' | 'own'
  readonly logger: { warn(message: string): void }
}

type Queries = {
  /** The same for as long as it is open, whatever process listens there. */
  readonly port: number
  close(): Promise<void>
}

const SCRIPT = fileURLToPath(new URL('./query-process.ts', import.meta.url))
const START_MS = 60_000
/** Without a word, although it should say several times a second that it is alive. */
const SILENCE_MS = 5_000
const STOP_MS = 5_000
/** One that is ended so soon may be ended again and again: starting the next one must not hold up counting. */
const SHORT_MS = 30_000
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 30_000
const MEMORY_BYTES_MAX = 2_147_483_648

type Running = { readonly child: ChildProcess; readonly port: number; readonly ended: Promise<string> }

/**
 * Runs the process that answers SQL, and another one whenever it ends. Rejects when the first doesn't come to listen:
 * with StoreError ENDPOINT_PORT when the port is taken, ENDPOINT_FAILED otherwise.
 */
export async function superviseQueries(settings: QueriesSettings): Promise<Queries> {
  const first = await start(settings, settings.port, settings.priority === 'own' ? 'own' : 'low when ready')
  const { port } = first
  const closing = new AbortController()
  let running: Running | null = first
  const watching = keepRunning()

  async function keepRunning(): Promise<void> {
    let retryMs = RETRY_FIRST_MS
    let startedAtMs = performance.now()
    while (!closing.signal.aborted) {
      if (running !== null) {
        const reason = await running.ended
        running = null
        if (closing.signal.aborted) return
        settings.logger.warn(`the process that answers SQL was ended: ${reason}; another one is started`)
      }
      try {
        const lastedMs = performance.now() - startedAtMs
        startedAtMs = performance.now()
        running = await start(settings, port, lastedMs < SHORT_MS ? 'low' : 'low when ready')
        retryMs = RETRY_FIRST_MS
      } catch (error) {
        settings.logger.warn(`the process that answers SQL does not start: ${error}; again in ${retryMs} ms`)
        await wait(retryMs, undefined, { signal: closing.signal }).catch(() => {})
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
      }
    }
  }

  return {
    port,
    async close() {
      closing.abort()
      await stop(running)
      await watching
      // It may have been starting when it was to stop.
      await stop(running)
    },
  }
}

async function stop(running: Running | null): Promise<void> {
  if (running === null) return
  const { child, ended } = running
  if (child.connected) child.send(STOP, () => {})
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(force)
}

async function start(settings: QueriesSettings, port: number, priority: Order['priority']): Promise<Running> {
  const { host, token, key, logger } = settings
  const store = await describeStore(settings.folder, settings.database)
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-queries-'))
  const memory = process.constrainedMemory() || totalmem()
  const memoryBytes = Math.min(MEMORY_BYTES_MAX, Math.floor(memory / 4))
  const child = spawnProcess()
  const ended = watchEnd(child, () => rm(folder, { recursive: true, force: true }), logger)
  const order: Order = { folder, store, host, port, token, key, memoryBytes, priority }
  child.send(order, () => {})
  const begun = await Promise.race([
    listening(child),
    ended,
    wait(START_MS, 'it took too long', { ref: false }),
  ])
  if (typeof begun === 'object' && begun.kind === 'listening') return { child, port: begun.port, ended }
  child.kill('SIGKILL')
  await ended
  throw explainStart(begun, host, port)
}

/** Without what stands in our environment, such as passwords. */
function spawnProcess(): ChildProcess {
  return spawn(process.execPath, ['--max-old-space-size=768', SCRIPT], {
    env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '8' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

type Start = Extract<Report, { kind: 'listening' | 'failed' }>

function listening(child: ChildProcess): Promise<Start> {
  return new Promise(resolve => {
    child.on('message', message => {
      const report = reportShape.parse(message)
      if (report.kind === 'listening' || report.kind === 'failed') resolve(report)
    })
  })
}

/** Resolves to why it ended; ends it when it says nothing any more. */
async function watchEnd(
  child: ChildProcess,
  cleanUp: () => Promise<void>,
  logger: QueriesSettings['logger'],
): Promise<string> {
  let reason: string | null = null
  let heardAtMs: number | null = null
  child.on('message', message => {
    const report = reportShape.parse(message)
    heardAtMs = performance.now()
    if (report.kind === 'ending') reason = report.reason
    if (report.kind === 'warning') logger.warn(`the process that answers SQL: ${report.message}`)
  })
  const watch = setInterval(() => {
    if (heardAtMs === null || performance.now() - heardAtMs < SILENCE_MS) return
    reason ??= `it said nothing for ${SILENCE_MS} ms`
    child.kill('SIGKILL')
  }, 500)
  const [code, signal] = await once(child, 'exit').catch(error => [error, null])
  clearInterval(watch)
  await cleanUp()
  return reason ?? `it ended by itself, with ${signal ?? code}`
}

function explainStart(begun: Start | string, host: string, port: number): StoreError {
  const what = "the store's read-only endpoint"
  if (typeof begun === 'object' && begun.kind === 'failed' && begun.isPortTaken) {
    return new StoreError(
      `${what}: ${host}:${port} is in use by another process; ` +
        `set FORBRUK_STORE_LISTEN to a free host:port, e.g. ${host}:${port + 1}`,
      'ENDPOINT_PORT',
    )
  }
  const words = typeof begun === 'string' ? begun : begun.kind === 'failed' ? begun.message : begun.kind
  return new StoreError(`${what} on ${host}:${port} does not start: ${words}`, 'ENDPOINT_FAILED')
}
