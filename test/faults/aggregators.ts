import { setTimeout } from 'node:timers/promises'
import { killAtExit } from '../support/process/kill-at-exit.ts'
import { type Running, startForbruk } from '../support/process/run-forbruk.ts'
import { FaultyProxy } from '../support/store/faulty-proxy.ts'

const RESTART_MS = 1_000
const STOP_TIMEOUT_MS = 40_000

/** One place for a `forbruk aggregate` process, with a proxy of its own before the store. */
export class Aggregator {
  readonly name: string
  readonly proxy: FaultyProxy
  /** A fault is using it. */
  isBusy = false
  readonly #settings: Record<string, string>
  readonly #onUnplannedEnd: (what: string) => void
  #running: Running | null = null
  #isWanted = false

  constructor(
    name: string,
    storeUrl: string,
    settings: Record<string, string>,
    onUnplannedEnd: (what: string) => void,
  ) {
    this.name = name
    this.proxy = new FaultyProxy(storeUrl)
    this.#settings = settings
    this.#onUnplannedEnd = onUnplannedEnd
  }

  get isUp(): boolean {
    return this.#running !== null
  }

  start(): void {
    this.#isWanted = true
    const running = startForbruk(['aggregate'], { ...this.#settings, CLICKHOUSE_URL: this.proxy.url })
    this.#running = running
    killAtExit(running.child)
    void running.finished.then(({ code, stderr }) => {
      if (this.#running !== running) return
      this.#running = null
      this.#onUnplannedEnd(`${this.name} ended with exit code ${code}: ${lastLine(stderr)}`)
      // As an orchestrator would.
      void setTimeout(RESTART_MS).then(() => this.#isWanted && !this.isUp && this.start())
    })
  }

  /** At once, whatever it is doing. */
  async kill(): Promise<void> {
    const running = this.#running
    this.#running = null
    this.#isWanted = false
    running?.child.kill('SIGKILL')
    await running?.finished
  }

  /** In order. Answers its exit code, and what it said unless that is 0. */
  async stop(): Promise<string> {
    const running = this.#running
    this.#running = null
    this.#isWanted = false
    if (running === null) return '0'
    const late = new AbortController()
    const timer = setTimeout(STOP_TIMEOUT_MS, undefined, { signal: late.signal })
      .then(() => running.child.kill('SIGKILL'))
      .catch(() => false)
    const { code, stderr } = await running.stop()
    late.abort()
    await timer
    return code === 0 ? '0' : `${code}: ${lastLine(stderr)}`
  }

  suspend(): void {
    this.#running?.child.kill('SIGSTOP')
  }

  wake(): void {
    this.#running?.child.kill('SIGCONT')
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.slice(0, 200) ?? ''
}
