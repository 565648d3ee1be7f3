/**
 * How many lines a second of CPU each declared format reads: `npm run bench:formats [-- --json]`. The samples of the
 * tests are read over and over, from memory. CPU time, so that what else runs on the machine matters less.
 */
import { existsSync, readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { Declaration } from '@forbruk/schemas/gateway/declaration.ts'
import { DECLARATIONS } from '@forbruk/schemas/gateway/declarations.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'

const SAMPLES = new URL('../../samples/', import.meta.url)
const WARM_UP_MS = 300
const MEASURED_MS = 1_000
/** Logs whose names differ from their format's. */
const SAMPLE_OF: Readonly<Record<string, string>> = {
  combined: 'nginx-combined',
  'combined-vhost': 'apache-vhost',
  common: 'apache-common',
  envoy: 'envoy-default',
  'haproxy-http': 'haproxy-httplog',
}

type Measured = {
  readonly format: string
  readonly linesPerSecond: number
  readonly megabytesPerSecond: number
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the start`
const results = DECLARATIONS.map(measure)
if (values.json) process.stdout.write(`${JSON.stringify({ machine, results }, null, 2)}\n`)
else {
  process.stdout.write(`${machine}\n`)
  for (const { format, linesPerSecond, megabytesPerSecond } of results) {
    const lines = String(linesPerSecond).padStart(9)
    process.stdout.write(
      `${format.padEnd(22)} ${lines} lines/s ${megabytesPerSecond.toFixed(1).padStart(7)} MB/s\n`,
    )
  }
}

function measure({ format, client, fields, status }: Declaration): Measured {
  const lines = readLines(format)
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0)
  const opened = openGatewayFormat(format, { client: client ?? Object.keys(fields)[0] ?? status.field })
  const readFor = (forMs: number): number => {
    const startMs = cpuMs()
    let rounds = 0
    for (; cpuMs() - startMs < forMs; rounds++) {
      const parse = opened.openFile?.(null).parseLine ?? opened.parseLine
      for (const line of lines) parse(line)
    }
    return (rounds * 1_000) / (cpuMs() - startMs)
  }
  readFor(WARM_UP_MS)
  const roundsPerSecond = readFor(MEASURED_MS)
  return {
    format,
    linesPerSecond: Math.round(roundsPerSecond * lines.length),
    megabytesPerSecond: (roundsPerSecond * bytes) / 1e6,
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function readLines(format: string): Buffer[] {
  const zipped = new URL(`gateways/${SAMPLE_OF[format] ?? format}.log.gz`, SAMPLES)
  const raw = existsSync(zipped)
    ? gunzipSync(readFileSync(zipped))
    : readFileSync(new URL(`formats/${format}.txt`, SAMPLES))
  const lines = raw
    .toString('latin1')
    .split('\n')
    .filter(line => line !== '')
  return lines.map(line => Buffer.from(line, 'latin1'))
}
