/**
 * The process in which analysts' SQL runs, beside the one that counts and with what that leaves over. It reads the
 * store's parts and can write none. Whatever a query does to it, it is ended and another one begins: it has nothing to
 * lose. Told what to do by the process that started it (supervise.ts), and gone with that.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { type Order, orderShape, type Report, STOP } from './messages.ts'
import { openReplica } from './open-replica.ts'
import { openReadEngine } from './read-engine.ts'
import { serveQueries } from './serve-queries.ts'

const ALIVE_MS = 100
const THREADS = '/proc/self/task'
/** A thirtieth of what a thread of the process that counts is given, where both want the same core. */
const NICENESS = 15
/** Beside what the engine counts: its code, its caches, and answers on their way out. */
const OVERHEAD_BYTES = 1_073_741_824

let isEnding = false

function report(message: Report, onSent: () => void = () => {}): void {
  process.send?.(message, undefined, undefined, onSent)
}

/** The engine's threads could hold up an orderly exit for ever. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

function endFor(reason: string): void {
  if (isEnding) return
  isEnding = true
  report({ kind: 'ending', reason }, end)
}

async function start(order: Order): Promise<void> {
  const { store, folder, memoryBytes, host, port, token, key, priority } = order
  if (priority === 'low') yieldToOthers()
  const replica = await openReplica({ folder, store, memoryBytes, clock: () => performance.now() })
  const engine = await openReadEngine(replica, store.database)
  const server = await serveQueries({
    engine,
    host,
    port,
    token,
    key,
    onStuck: endFor,
    onFault: error => report({ kind: 'warning', message: String(error) }),
  })
  process.on('message', message => {
    if (message === STOP) server.close().finally(end)
  })
  setInterval(() => watch(memoryBytes + OVERHEAD_BYTES), ALIVE_MS)
  if (priority === 'low when ready') yieldToOthers()
  report({ kind: 'listening', port: server.port })
}

function watch(memoryBytesMax: number): void {
  const bytes = process.memoryUsage.rss()
  if (bytes > memoryBytesMax) endFor(`it held ${bytes} bytes of memory, and ${memoryBytesMax} is the most`)
  report({ kind: 'alive' })
}

/** On Linux a thread has a priority of its own, which the threads that it makes inherit. */
function yieldToOthers(): void {
  const threads = existsSync(THREADS) ? readdirSync(THREADS).map(Number) : [process.pid]
  for (const thread of threads) {
    try {
      setPriority(thread, NICENESS)
    } catch {
      // A thread that has ended since.
    }
  }
}

/** Where memory runs out all the same, the system ends this process rather than the one that counts. */
function offerMemory(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Not on this system, which then chooses by size.
  }
}

offerMemory()
// A terminal sends these to every process of the group; the one that counts says when to stop.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', end)
process.once('message', message => {
  start(orderShape.parse(message)).catch(error => {
    const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    report({ kind: 'failed', message: String(error), isPortTaken }, end)
  })
})
