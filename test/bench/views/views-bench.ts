/**
 * What pages cost as months add up: `npm run bench:views -- [--months 3,60] [--rows N] [--clients N] [--rounds N]`. A
 * real `forbruk serve` is asked all that pages ask, over HTTP; the same questions go to a plain table of the same rows.
 */

import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_TARIFF_URL, readTariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { killRunning, runMeasured, startProcess } from '../run-process.ts'
import { type Answered, ask } from './ask.ts'
import { listPeriods, type Size } from './month-rows.ts'
import { fillPlain } from './plain-months.ts'
import { listRoutes } from './routes.ts'
import { type Scrolled, scrollClients } from './scroll-table.ts'

const { values } = parseArgs({
  options: {
    months: { type: 'string', default: '3,60' },
    rows: { type: 'string', default: '1000000' },
    clients: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
  },
})
const sizes = values.months.split(',').map(text => readCount('months', text))
const [rows, clients] = [readCount('rows', values.rows), readCount('clients', values.clients)]
const rounds = readCount('rounds', values.rounds)
const nowMs = Date.now()
const folder = await mkdtemp(join(tmpdir(), 'forbruk-bench-views-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killRunning()
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(130))
  })
}
try {
  const runs = []
  for (const months of sizes) runs.push(await run({ months, rowsPerMonth: rows, clients }))
  const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the end`
  if (values.json)
    process.stdout.write(`${JSON.stringify({ rows, clients, rounds, machine, runs }, null, 2)}\n`)
  else print(runs, machine)
} finally {
  killRunning()
  await rm(folder, { recursive: true, force: true })
}

type Run = {
  readonly months: number
  readonly filled: string
  readonly answered: Answered[]
  readonly scrolled: Scrolled | null
}

async function run(size: Size): Promise<Run> {
  const data = join(folder, `data-${size.months}`)
  const script = fileURLToPath(new URL('fill-months.ts', import.meta.url))
  const args = [data, size.months, size.rowsPerMonth, size.clients, nowMs].map(String)
  const startedMs = performance.now()
  const filled = await runMeasured({
    command: process.execPath,
    args: [script, ...args],
    timeoutMs: 3_600_000,
  })
  process.stderr.write(`${size.months} months: filled in ${seconds(startedMs)} s, ${filled.stdout}\n`)
  const plain = await fillPlain(join(folder, `plain-${size.months}`), size, nowMs)
  const serving = await serve(data)
  try {
    const answered: Answered[] = []
    const periods = listPeriods(size, nowMs)
    for (const route of listRoutes(periods, nowMs, readDraft())) {
      answered.push(await ask({ url: serving.url, plain, months: size.months, rounds }, route))
      process.stderr.write(`${describe(answered.at(-1))}\n`)
    }
    const scrolled = await scrollClients(serving.url, periods.at(-1)?.month ?? '').catch(tellWhyNot)
    return { months: size.months, filled: filled.stdout, answered, scrolled }
  } finally {
    await serving.stop()
    await plain.close()
    await rm(data, { recursive: true, force: true })
  }
}

/** What was asked before stands all the same. */
function tellWhyNot(error: Error): null {
  process.stderr.write(`not scrolled: ${error.message}\n`)
  return null
}

/** The console alone, on a port that the system chooses. */
async function serve(data: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const main = fileURLToPath(new URL('../../../services/cli/forbruk.mjs', import.meta.url))
  const env = {
    FORBRUK_DATA_DIR: data,
    FORBRUK_LISTEN: '127.0.0.1:0',
    LOG_LEVEL: 'info',
    KAFKA_PARTITIONS: '8',
  }
  const child = startProcess({ command: process.execPath, args: [main, 'serve'], env })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk
      const found = /"url":"([^"]+)"/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', () => reject(new Error(`forbruk serve ended:\n${said}`)))
  })
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The newest prices, with a request at half a krone. */
function readDraft(): object {
  const version = readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default').versions.at(-1)
  if (version === undefined) throw new RangeError('expected a version in the default tariff')
  return { version: { ...version, validFrom: '2020-01' }, limit: 1_000 }
}

function describe(answered: Answered | undefined): string {
  if (answered === undefined) return ''
  const { months, route, ours, plain } = answered
  const slowest = `${ours.slowest.toFixed(0)} in ${ours.slowestRound}`
  const figures = [months, ours.p50.toFixed(0), ours.p95.toFixed(0), slowest]
  const peer = plain === null ? ['-', '-', '-'] : [plain.p50, plain.p95].map(ms => ms.toFixed(0))
  const ratio = plain === null ? [] : [(ours.p50 / plain.p50).toFixed(1)]
  return `| ${[route.page, `\`${route.path}\``, ...figures, ...peer, ...ratio].join(' | ')} |`
}

function print(runs: readonly Run[], machine: string): void {
  process.stdout.write(
    `${clients} clients, ${rows} rows of the rollup a month; ${rounds} rounds; ${machine}\n\n`,
  )
  process.stdout.write(
    '| page | route | months kept | p50, ms | p95, ms | slowest, in round | plain p50, ms | plain p95, ms | ratio |\n',
  )
  process.stdout.write('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n')
  for (const { answered } of runs) for (const each of answered) process.stdout.write(`${describe(each)}\n`)
  for (const { months, filled, scrolled } of runs) {
    process.stdout.write(`\n${months} months: ${filled}`)
    const frames =
      scrolled && `${scrolled.framesPerSecond.toFixed(1)} frames a second, ${scrolled.p95Ms.toFixed(0)} ms`
    process.stdout.write(
      `\nscrolled: ${frames ?? 'not, see above, or for want of Chromium'}, past row ${scrolled?.rowsPassed ?? '-'}\n`,
    )
  }
}

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / 1_000)
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= 100_000_000) return count
  process.stderr.write(`--${name} ${text}: expected a whole number from 1 to 100000000\n`)
  process.exit(2)
}
