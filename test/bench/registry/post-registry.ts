import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../../support/process/free-port.ts'
import { MAIN, NODE_FLAGS } from '../count-forbruk.ts'
import { readPeakBytes, startProcess } from '../run-process.ts'
import { watchMemory } from './watch-memory.ts'

const LOOK_MS = 20
const START_MS_MAX = 60_000
const REST_MS = 3_000
const PIECE_BYTES = 65_536

export type Posted = {
  readonly seconds: number
  readonly restBytes: number | null
  readonly peakBytes: number | null
  readonly readingBytes: number | null
  /** The slowest answer of its health meanwhile. */
  readonly healthMs: number
}

/** Sends a registry to a `forbruk up` of its own on that data folder. */
export async function postRegistry(registry: string, folder: string): Promise<Posted> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = startProcess({
    command: process.execPath,
    args: [...NODE_FLAGS, MAIN, 'up'],
    env: {
      ...{ FORBRUK_DATA_DIR: folder, KAFKA_BROKERS: '', CLICKHOUSE_URL: '', LOG_LEVEL: 'warn' },
      ...{ FORBRUK_LISTEN: `127.0.0.1:${port}`, FORBRUK_STORE_LISTEN: `127.0.0.1:${await freePort()}` },
    },
  })
  child.stdout?.resume()
  child.stderr?.resume()
  const exit = once(child, 'exit')
  try {
    await started(url)
    await setTimeout(REST_MS)
    const body = toBody(registry)
    const restBytes = readPeakBytes(child.pid)
    const endWatch = watchMemory(child.pid)
    const ended = new AbortController()
    const health = slowestHealth(url, ended.signal)
    const begunMs = performance.now()
    const answer = await fetch(`${url}/v1/registry`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, duplex: 'half' },
      // In pieces: this process asks for health at the same time.
      body: ReadableStream.from(cut(body)),
    })
    const text = await answer.text()
    const seconds = (performance.now() - begunMs) / 1_000
    ended.abort()
    const { bytes: peakBytes, readingBytes } = endWatch()
    if (answer.status !== 200) throw new Error(`the registry was answered ${answer.status}: ${text}`)
    return { seconds, restBytes, peakBytes, readingBytes, healthMs: await health }
  } finally {
    child.kill('SIGTERM')
    await exit
  }
}

function toBody(registry: string): Buffer {
  const names = ['clients', 'partners', 'integrations', 'activations']
  const texts = names.map(name => [name, readFileSync(join(registry, `${name}.csv`), 'utf8')] as const)
  return Buffer.from(JSON.stringify(Object.fromEntries(texts)))
}

function* cut(bytes: Buffer): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES)
    yield bytes.subarray(start, start + PIECE_BYTES)
}

async function started(url: string): Promise<void> {
  const begunMs = performance.now()
  for (;;) {
    const answer = await fetch(`${url}/v1/ready`).catch(() => null)
    if (answer?.ok === true) return
    if (performance.now() - begunMs > START_MS_MAX)
      throw new Error(`forbruk up is not ready: ${answer?.status}`)
    await setTimeout(LOOK_MS)
  }
}

async function slowestHealth(url: string, signal: AbortSignal): Promise<number> {
  let slowestMs = 0
  while (!signal.aborted) {
    const begunMs = performance.now()
    await (await fetch(`${url}/v1/health`)).arrayBuffer()
    slowestMs = Math.max(slowestMs, performance.now() - begunMs)
    await setTimeout(LOOK_MS)
  }
  return slowestMs
}
