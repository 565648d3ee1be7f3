import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, watch } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { killAtExit } from '../support/process/kill-at-exit.ts'
import { Turns } from './turns.ts'

export type EngineResult =
  | { readonly kind: 'counted'; readonly counted: number; readonly records: number; readonly kills: number }
  | { readonly kind: 'not run'; readonly reason: string }

const SCRIPT = fileURLToPath(new URL('./kafka-engine-process.ts', import.meta.url))
const START_TIMEOUT_MS = 20_000
const ANSWER_TIMEOUT_MS = 10_000
/** No more comes when the total has not changed for so long: longer than the session of its killed predecessor. */
const SETTLED_MS = 75_000
const SETTLE_TIMEOUT_MS = 180_000
const POLL_MS = 1_000
/** It writes once a second, but for the 45 s until the session of its killed predecessor has ended. */
const INSERT_WAIT_MS = 60_000

type Child = ChildProcessWithoutNullStreams

/** ClickHouse's Kafka engine on the same topic, killed when ours are; a failure of it is its result, never ours. */
export class KafkaEngine {
  readonly #args: readonly string[]
  readonly #outputPath: string
  readonly #turns = new Turns()
  #child: Child | null = null
  #kills = 0
  #isKillPending = false
  readonly #finishing = new AbortController()
  #obstacle: string | null = 'not asked for'
  #folderOfTotals = ''

  constructor(folder: string, brokers: readonly string[], topic: string, outputPath: string) {
    this.#args = [SCRIPT, folder, brokers.join(','), topic]
    this.#outputPath = outputPath
  }

  start(): void {
    this.#obstacle = null
    void this.#turns.take(() => this.#start())
  }

  /** Where ours is weakest as well: when its figures are written, and how far it has come is not. */
  killAndRestart(): void {
    if (this.#isKillPending) return
    this.#isKillPending = true
    void this.#turns.take(async () => {
      await this.#untilInsert()
      this.#isKillPending = false
      if (this.#child === null || this.#finishing.signal.aborted) return
      await this.#kill()
      this.#kills += 1
      await this.#start()
    })
  }

  /** Its total once it no longer changes, against what the log holds. */
  finish(records: number): Promise<EngineResult> {
    this.#finishing.abort()
    return this.#turns.take(async () => {
      if (this.#obstacle !== null) return { kind: 'not run', reason: this.#obstacle }
      try {
        return { kind: 'counted', counted: await this.#settledTotal(records), records, kills: this.#kills }
      } catch (error) {
        return { kind: 'not run', reason: error instanceof Error ? error.message : String(error) }
      } finally {
        await this.#kill()
      }
    })
  }

  stop(): Promise<void> {
    this.#finishing.abort()
    return this.#turns.take(() => this.#kill())
  }

  async #start(): Promise<void> {
    const child = spawn(process.execPath, this.#args, { stdio: 'pipe' })
    child.stderr.pipe(createWriteStream(this.#outputPath, { flags: 'a' }))
    child.stdin.on('error', () => undefined)
    this.#child = child
    killAtExit(child)
    try {
      this.#folderOfTotals = await this.#readLine(child, START_TIMEOUT_MS)
    } catch (error) {
      this.#obstacle = error instanceof Error ? error.message : String(error)
      await this.#kill()
    }
  }

  async #untilInsert(): Promise<void> {
    if (this.#child === null) return
    const inserted = Promise.withResolvers<void>()
    const watcher = watch(this.#folderOfTotals, (_event, name) => {
      if (name !== null && !name.startsWith('tmp')) inserted.resolve()
    })
    const waited = new AbortController()
    const signal = AbortSignal.any([waited.signal, this.#finishing.signal])
    const late = setTimeout(INSERT_WAIT_MS, undefined, { signal }).catch(() => undefined)
    await Promise.race([inserted.promise, late])
    waited.abort()
    watcher.close()
  }

  async #kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  async #settledTotal(records: number): Promise<number> {
    const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS
    let total = -1
    let sinceMs = performance.now()
    while (performance.now() < deadlineMs) {
      const now = await this.#askTotal()
      if (now !== total) sinceMs = performance.now()
      total = now
      if (total >= records && performance.now() - sinceMs > POLL_MS * 5) break
      if (performance.now() - sinceMs > SETTLED_MS && total > 0) break
      await setTimeout(POLL_MS)
    }
    return total
  }

  async #askTotal(): Promise<number> {
    const child = this.#child
    if (child === null) throw new Error('its process is not up')
    child.stdin.write('total\n')
    return Number(await this.#readLine(child, ANSWER_TIMEOUT_MS))
  }

  async #readLine(child: Child, timeoutMs: number): Promise<string> {
    const waited = new AbortController()
    const { signal } = waited
    try {
      return await Promise.race([
        once(child.stdout, 'data', { signal }).then(([chunk]) => String(chunk).trim()),
        once(child, 'exit', { signal }).then(([code, name]) => {
          throw new Error(`its process ended with ${code ?? name}`)
        }),
        setTimeout(timeoutMs, undefined, { signal }).then(() => {
          throw new Error(`its process said nothing for ${timeoutMs} ms`)
        }),
      ])
    } finally {
      waited.abort()
    }
  }
}
