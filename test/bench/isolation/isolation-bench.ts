/**
 * How fast `forbruk up` counts beside the worst that its read-only endpoint can be asked, against nothing being asked:
 * `npm run bench:isolation -- [--events N] [--rounds N]`. Then how long the endpoint is away after each such query.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killRunning } from '../run-process.ts'
import { fillFolder } from './fill-folder.ts'
import { median, runUp, type Up } from './run-up.ts'
import { WORST_QUERIES } from './worst-queries.ts'

const ASKERS = 8
const WAIT_MAX_MS = 120_000

const { values } = parseArgs({
  options: { events: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '3' } },
})
const [events, rounds] = [readCount('events', values.events), readCount('rounds', values.rounds)]
const folder = await mkdtemp(join(tmpdir(), 'forbruk-bench-isolation-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killRunning()
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(130))
  })
}
try {
  say(`filling a log with ${events} events`)
  const filled = join(folder, 'filled')
  const requests = await fillFolder(filled, events)
  const rates: { alone: number[]; beside: number[] } = { alone: [], beside: [] }
  for (let round = 1; round <= rounds; round++) {
    // In turn, so that what else the machine does falls on both.
    for (const kind of ['alone', 'beside'] as const) {
      const data = join(folder, `${kind}-${round}`)
      await cp(filled, data, { recursive: true })
      await using up = await runUp(data)
      const asking = new AbortController()
      const asked = kind === 'beside' ? askAll(up, asking.signal) : Promise.resolve(0)
      const { perSecond, peakBytes } = await up.counted(requests, WAIT_MAX_MS)
      asking.abort()
      rates[kind].push(perSecond)
      const queries = await asked
      say(
        `${kind} ${round}: ${toText(perSecond)} events/s, ${mebibytes(peakBytes)} at most, ${queries} queries`,
      )
      await up.stop()
      await rm(data, { recursive: true, force: true })
    }
  }
  const [alone, beside] = [median(rates.alone), median(rates.beside)]
  print(`counted alone   ${toText(alone)} events/s`)
  print(`beside queries  ${toText(beside)} events/s: ${(beside / alone).toFixed(2)} of it`)
  await printRecoveries(filled, requests)
  print(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the end`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** So many ask all the time, each another query first. */
async function askAll(up: Up, signal: AbortSignal): Promise<number> {
  let asked = 0
  const ask = async (first: number) => {
    for (let turn = first; !signal.aborted; turn++) {
      asked += 1
      const query = WORST_QUERIES[turn % WORST_QUERIES.length]
      if (query !== undefined) await up.ask(query, signal)
    }
  }
  await Promise.all(Array.from({ length: ASKERS }, (_, first) => ask(first)))
  return asked
}

async function printRecoveries(data: string, requests: number): Promise<void> {
  await using up = await runUp(data)
  await up.counted(requests, WAIT_MAX_MS)
  for (const query of WORST_QUERIES) {
    const begunMs = performance.now()
    const answer = await up.ask(query, AbortSignal.timeout(WAIT_MAX_MS))
    const endedMs = performance.now()
    while ((await up.ask({ sql: 'SELECT 1' }, AbortSignal.timeout(5_000))) !== '200') {
      if (performance.now() - endedMs > WAIT_MAX_MS)
        throw new Error(`the endpoint stayed away after: ${query.what}`)
    }
    const [took, away] = [endedMs - begunMs, performance.now() - endedMs]
    print(
      `${query.what}: ${answer} after ${seconds(took)}, the next query was answered ${seconds(away)} later`,
    )
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  process.stderr.write(`--${name}: ${text}; expected a positive whole number\n`)
  process.exit(2)
}

function toText(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en').replaceAll(',', ' ')
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
