// Sends the plan: maps virtual to real time and makes each request when it is due.
import { spawn } from 'node:child_process'
import { Agent, request as httpRequest } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Gateway } from './gateway.ts'
import type { CurlJob, Plan, PlannedRequest } from './plan.ts'

const inFlightHighest = 300
const socketsPerGateway = 48
const curlsHighest = 8
const measureEveryMs = 2000

export interface DriveResult {
  readonly sentByGateway: [number, number]
  readonly failures: string[]
  /** How far behind the plan a request was sent, at worst, in real milliseconds. */
  lagHighestMs: number
}

interface DriveSettings {
  plan: Plan
  gateways: [Gateway, Gateway]
  keyByPair: Map<string, string>
  makeUnknownKey(): string
  restartBackend(): Promise<void>
  speed: number
  /** Ends the recording: it takes too long, or someone interrupts it. */
  signal: AbortSignal
}

const filler = 'Regnskap og fakturering '.repeat(10_000)

/** Exactly `bytes` long (plain ASCII), and wrong in the way that was planned. */
function composeBody(bytes: number, flaw: PlannedRequest['flaw']): string {
  const reference = flaw === 'duplicate' ? 'R-1' : 'R-2'
  const quantity = flaw === 'overflow' ? -1 : 1
  const lines = flaw === 'invalid' ? '' : `"lines":[${quantity}],`
  const start = `{"reference":"${reference}",${lines}"text":"`
  return `${start}${filler.slice(0, Math.max(0, bytes - start.length - 2))}"}`
}

/** What is under way, and what came of it. */
class Traffic {
  readonly result: DriveResult = { sentByGateway: [0, 0], failures: [], lagHighestMs: 0 }
  inFlight = 0
  curls = 0
  readonly #settings: DriveSettings
  readonly #agents: readonly Agent[]
  readonly #validators = new Map<string, string>()
  readonly #background: Promise<void>[] = []

  constructor(settings: DriveSettings) {
    this.#settings = settings
    this.#agents = settings.gateways.map(
      () => new Agent({ keepAlive: true, maxSockets: socketsPerGateway, scheduling: 'lifo' }),
    )
  }

  send(planned: PlannedRequest): void {
    const { gateways, keyByPair, makeUnknownKey } = this.#settings
    const key = planned.pair === '' ? makeUnknownKey() : keyByPair.get(planned.pair)
    if (key === undefined) throw new Error(`no key for ${planned.pair}`)
    const headers: Record<string, string | number> = { 'User-Agent': planned.userAgent }
    if (key !== '') headers['X-Api-Key'] = key
    const validator = planned.conditional ? this.#validators.get(planned.path) : undefined
    if (validator !== undefined) headers['If-None-Match'] = validator
    const body = planned.method === 'GET' ? undefined : composeBody(planned.bodyBytes, planned.flaw)
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json'
      headers['Content-Length'] = body.length
    }
    this.inFlight += 1
    this.result.sentByGateway[planned.gateway] += 1
    const { method, path, query } = planned
    const target = {
      host: '127.0.0.1',
      port: gateways[planned.gateway].port,
      method,
      path: path + query,
      headers,
    }
    const request = httpRequest({ ...target, agent: this.#agents[planned.gateway] }, response => {
      const { etag } = response.headers
      if (etag !== undefined) this.#validators.set(path, etag)
      response.resume()
      response.on('end', () => {
        this.inFlight -= 1
      })
    })
    request.on('error', error => {
      this.inFlight -= 1
      this.result.failures.push(`${method} ${path}: ${error.message}`)
    })
    request.end(body)
  }

  startCurl(job: CurlJob): void {
    const { gateways, keyByPair } = this.#settings
    const key = keyByPair.get(job.pair)
    if (key === undefined) throw new Error(`no key for ${job.pair}`)
    this.curls += 1
    this.result.sentByGateway[job.gateway] += job.targets.length
    const done = runCurl(job, gateways[job.gateway].port, key).finally(() => {
      this.curls -= 1
    })
    this.alongside(done, `curl ${job.pair}`)
  }

  /** A failure ends up in the result: it must not end the process with servers still running. */
  alongside(work: Promise<void>, name: string): void {
    this.#background.push(
      work.catch((error: unknown) => {
        this.result.failures.push(`${name}: ${String(error)}`)
      }),
    )
  }

  async end(): Promise<DriveResult> {
    await Promise.all(this.#background)
    while (this.inFlight > 0) {
      this.#settings.signal.throwIfAborted()
      await sleep(5)
    }
    for (const agent of this.#agents) agent.destroy()
    return this.result
  }
}

export async function drive(settings: DriveSettings): Promise<DriveResult> {
  const { plan, gateways, speed } = settings
  const traffic = new Traffic(settings)
  let nextRequest = 0
  let nextCurl = 0
  let nextRestart = 0
  let measuredMs = performance.now()
  while (nextRequest < plan.requests.length || nextCurl < plan.curlJobs.length) {
    settings.signal.throwIfAborted()
    for (; nextRequest < plan.requests.length && traffic.inFlight < inFlightHighest; nextRequest += 1) {
      const planned = plan.requests[nextRequest]
      if (planned === undefined) break
      const lateMs = (gateways[planned.gateway].nowMs() - planned.atMs) / speed
      if (lateMs < 0) break
      traffic.result.lagHighestMs = Math.max(traffic.result.lagHighestMs, lateMs)
      traffic.send(planned)
    }
    for (; nextCurl < plan.curlJobs.length && traffic.curls < curlsHighest; nextCurl += 1) {
      const job = plan.curlJobs[nextCurl]
      if (job === undefined || gateways[job.gateway].nowMs() < job.atMs) break
      traffic.startCurl(job)
    }
    const restartMs = plan.restartsMs[nextRestart]
    if (restartMs !== undefined && gateways[0].nowMs() >= restartMs) {
      nextRestart += 1
      traffic.alongside(settings.restartBackend(), 'restart')
    }
    if (performance.now() - measuredMs > measureEveryMs) {
      // Both clocks run evenly; measuring again only takes away a slow drift.
      measuredMs = performance.now()
      for (const gateway of gateways) traffic.alongside(gateway.measureClock(), 'clock')
    }
    // Not a timer: a real millisecond is seconds in the log, and would bunch the requests together.
    await nextTurn()
  }
  return traffic.end()
}

/** The settings go in by standard input, so that no key is in the list of processes. */
function runCurl(job: CurlJob, port: number, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('curl', ['--no-progress-meter', '--config', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (chunk: string) => (errors += chunk))
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`${code} ${errors}`))))
    const targets = job.targets.map(
      target => `url = "http://127.0.0.1:${port}${target}"\noutput = "/dev/null"\n`,
    )
    child.stdin.end(`header = "X-Api-Key: ${key}"\n${targets.join('')}`)
  })
}
