/**
 * How long importing a large registry takes, by the command and over HTTP, and how much memory, against what reading
 * its files and storing its rows cost at least: `npm run bench:registry -- [--clients N] [--rounds N]`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MAIN, NODE_FLAGS } from '../count-forbruk.ts'
import { median } from '../isolation/run-up.ts'
import { killRunning, runMeasured } from '../run-process.ts'
import { type Posted, postRegistry } from './post-registry.ts'
import { watchMemory } from './watch-memory.ts'
import { ACTIVATIONS_PER_CLIENT, writeRegistry } from './write-registry.ts'

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '3' } },
})
const [clients, rounds] = [readCount('clients', values.clients), readCount('rounds', values.rounds)]
const folder = await mkdtemp(join(tmpdir(), 'forbruk-bench-registry-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killRunning()
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(130))
  })
}

type Run = {
  readonly seconds: number
  readonly cpuSeconds: number | null
  readonly peakBytes: number | null
  readonly readingBytes: number | null
}
type Round = Record<'parse' | 'insert' | 'rest' | 'command', Run> & { readonly posted: Posted }

try {
  const registry = join(folder, 'registry')
  writeRegistry(registry, clients)
  const results: Round[] = []
  for (let round = 1; round <= rounds; round++) {
    results.push(await runRound(registry, join(folder, `round-${round}`)))
    process.stderr.write(`${JSON.stringify(results.at(-1))}\n`)
  }
  print(results)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** One after the other, so that what else the machine does falls on all. */
async function runRound(registry: string, data: string): Promise<Round> {
  const forbruk = (...args: string[]) => run([...NODE_FLAGS, MAIN, ...args], join(data, 'command'))
  // Tables are made once in the life of an installation.
  await forbruk('registry', 'list')
  const rest = await forbruk('registry', 'list')
  const parse = await run([scriptAt('parse-alone.ts'), registry], data)
  const command = await forbruk('registry', 'import', registry)
  const insert = await run([scriptAt('insert-alone.ts'), registry, join(data, 'plain')], data)
  const posted = await postRegistry(registry, join(data, 'up'))
  await rm(data, { recursive: true, force: true })
  return { parse, insert, rest, command, posted }
}

function scriptAt(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

async function run(args: readonly string[], data: string): Promise<Run> {
  let endWatch: ReturnType<typeof watchMemory> = () => ({ bytes: null, readingBytes: null })
  const { startedMs, endedMs, cpuSeconds, peakBytes } = await runMeasured({
    command: process.execPath,
    args,
    env: { FORBRUK_DATA_DIR: data, KAFKA_BROKERS: '', CLICKHOUSE_URL: '' },
    timeoutMs: 300_000,
    onStart: pid => {
      endWatch = watchMemory(pid)
    },
  })
  const { readingBytes } = endWatch()
  return { seconds: (endedMs - startedMs) / 1_000, cpuSeconds, peakBytes, readingBytes }
}

/** The round in the middle, figure by figure. */
function print(results: readonly Round[]): void {
  const mid = (of: (round: Round) => number | null) => median(results.map(round => of(round) ?? Number.NaN))
  const seconds = (of: (round: Round) => number | null) => `${mid(of).toFixed(1)} s`
  const mebibytes = (of: (round: Round) => number | null) => `${Math.round(mid(of) / 1_048_576)} MiB`
  const least = mid(({ parse }) => parse.seconds) + mid(({ insert }) => insert.seconds)
  const ofBoth = (of: (round: Round) => number) => `${(mid(of) / least).toFixed(2)} of both`
  const peer = (of: (round: Round) => Run) => [
    `${seconds(round => of(round).seconds)}, ${seconds(round => of(round).cpuSeconds)} of CPU`,
    `${mebibytes(round => of(round).peakBytes)} at most`,
  ]
  const rows: [who: string, ...what: string[]][] = [
    ['csv-parse alone', ...peer(({ parse }) => parse)],
    ['plain INSERT alone', ...peer(({ insert }) => insert)],
    [
      'registry import',
      ...peer(({ command }) => command),
      `${mebibytes(({ rest }) => rest.peakBytes)} at rest`,
      `${mebibytes(({ command }) => command.readingBytes)} of the process that reads`,
      ofBoth(({ command }) => command.seconds),
    ],
    [
      'POST /v1/registry',
      seconds(({ posted }) => posted.seconds),
      `${mebibytes(({ posted }) => posted.peakBytes)} at most`,
      `${mebibytes(({ posted }) => posted.restBytes)} at rest`,
      `${mebibytes(({ posted }) => posted.readingBytes)} of the process that reads`,
      ofBoth(({ posted }) => posted.seconds),
      `health within ${Math.round(mid(({ posted }) => posted.healthMs))} ms`,
    ],
  ]
  const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the end`
  say(`${clients} clients, ${clients * ACTIVATIONS_PER_CLIENT} activations; ${machine}`)
  for (const [who, ...what] of rows) say(`${who.padEnd(20)}${what.join(', ')}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= 1_000_000) return count
  process.stderr.write(`--${name} ${text}: expected a whole number from 1 to 1000000\n`)
  process.exit(2)
}
