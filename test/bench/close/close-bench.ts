/**
 * How long the close of a large month takes, and how much memory: `npm run bench:close -- [--clients N] [--rows N]`.
 * A first close, one with the same content, and one with late usage of one client.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Finished, killRunning, runMeasured } from '../run-process.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '20000000' },
    json: { type: 'boolean', default: false },
  },
})
const [clients, rows] = [readCount('clients', values.clients), readCount('rows', values.rows)]
const folder = await mkdtemp(join(tmpdir(), 'forbruk-bench-close-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killRunning()
    void rm(folder, { recursive: true, force: true }).finally(() => process.exit(130))
  })
}
try {
  say(`filling ${clients} clients with ${rows} rows`)
  await run('fill-month.ts', folder, String(clients), String(rows))
  const results = []
  for (const late of [false, false, true]) {
    if (late) await run('late-usage.ts', folder)
    results.push(toResult(await run('close-month.ts', folder)))
    say(JSON.stringify(results.at(-1)))
  }
  const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the end`
  if (values.json) process.stdout.write(`${JSON.stringify({ clients, rows, machine, results }, null, 2)}\n`)
  else print(results, machine)
} finally {
  await rm(folder, { recursive: true, force: true })
}

function run(script: string, ...args: string[]): Promise<Finished> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  return runMeasured({ command: process.execPath, args: [path, ...args], timeoutMs: 1_800_000 })
}

function toResult({ stdout, cpuSeconds, peakBytes }: Finished) {
  const { outcome, revision, closeMs, steps, summary } = JSON.parse(stdout)
  return { outcome, revision, closeMs, cpuSeconds, peakBytes, steps, statements: summary.statements }
}

function print(results: readonly ReturnType<typeof toResult>[], machine: string): void {
  say(`${clients} clients, ${rows} rows of the usage rollup; ${machine}`)
  for (const { outcome, revision, closeMs, cpuSeconds, peakBytes, steps, statements } of results) {
    const peak = peakBytes === null ? 'unknown' : `${Math.round(peakBytes / 1024 / 1024)} MiB`
    const parts = Object.entries(steps).map(([step, ms]) => `${step} ${(Number(ms) / 1000).toFixed(1)}`)
    process.stdout.write(
      `${`${outcome} r${revision}`.padEnd(14)} ${(closeMs / 1000).toFixed(1)} s, ${cpuSeconds?.toFixed(1)} s of CPU, ` +
        `${peak} at most, ${statements} statements (${parts.join(', ')})\n`,
    )
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= 1_000_000_000) return count
  process.stderr.write(`--${name} ${text}: expected a whole number from 1 to 1000000000\n`)
  process.exit(2)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
