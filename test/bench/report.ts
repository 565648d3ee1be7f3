import type { StoredSize } from './count-forbruk.ts'
import type { Totals } from './generate-events.ts'
import { type Freshness, EVENTS_PER_SECOND as RATE_MEANT, type Restart } from './measure-freshness.ts'
import type { Scaling } from './measure-scaling.ts'
import { hasMiscounted, type Measurement } from './measurement.ts'

export const PEERS = {
  forbrukJson: 'Forbruk, JSON',
  forbrukAvro: 'Forbruk, Avro',
  forbrukWithoutIds: 'Forbruk, JSON without request ids',
  forbrukWindowAlone: 'Forbruk, JSON, copies recognised within a window alone',
  streams: 'Kafka Streams, JSON',
  engineOne: 'ClickHouse Kafka engine, JSON, 1 consumer',
  engineTwo: 'ClickHouse Kafka engine, JSON, 2 consumers',
  rawJson: 'raw read by the JVM, JSON',
  rawAvro: 'raw read by the JVM, Avro',
} as const
export type Peer = keyof typeof PEERS

/** A measurement, or why there is none. */
export type Outcome<Value> = { readonly value: Value } | { readonly reason: string }

export type Results = {
  readonly events: number
  readonly jsonBytesMean: number
  readonly cells: number
  readonly machine: string
  readonly peers: Readonly<Record<Peer, Outcome<Measurement>>>
  readonly stored: Outcome<StoredSize>
  /** Where copies are recognised within a window alone. */
  readonly storedWindowAlone: Outcome<StoredSize>
  readonly freshness: Outcome<Freshness>
  readonly scaling: Outcome<Scaling>
}

type Target = {
  readonly name: string
  readonly found: number | null
  readonly target: number
  readonly unit: 'x' | 'MB'
}

const MEGABYTE = 1_000_000
const MILLION = 1_000_000

function eventsPerSecond({ events, countingMs }: Measurement): number {
  return (events / countingMs) * 1_000
}

function targetsOf(peers: Results['peers']): Target[] {
  const peakBytes = measured(peers.forbrukJson)?.peakBytes ?? null
  return [
    ratio(peers, 'forbrukJson', 'streams', 3.2),
    ratio(peers, 'forbrukJson', 'engineOne', 4),
    ratio(peers, 'forbrukJson', 'engineTwo', 2.5),
    ratio(peers, 'forbrukJson', 'rawJson', 0.35),
    ratio(peers, 'forbrukAvro', 'rawAvro', 0.35),
    ratio(peers, 'forbrukJson', 'forbrukWindowAlone', 0.85),
    {
      name: `peak memory of ${PEERS.forbrukJson}, at most`,
      found: peakBytes === null ? null : peakBytes / MEGABYTE,
      target: 600,
      unit: 'MB',
    },
  ]
}

function ratio(peers: Results['peers'], ours: Peer, theirs: Peer, target: number): Target {
  const [our, their] = [measured(peers[ours]), measured(peers[theirs])]
  const found = our === null || their === null ? null : eventsPerSecond(our) / eventsPerSecond(their)
  return { name: `${PEERS[ours]} : ${PEERS[theirs]}`, found, target, unit: 'x' }
}

function isMet({ found, target, unit }: Target): boolean | null {
  if (found === null) return null
  return unit === 'MB' ? found <= target : found >= target
}

/** What was counted wrongly, in words; empty when everything agrees with the generator. */
export function miscountsOf({ peers, freshness }: Results): string[] {
  const miscounts = Object.entries(peers).flatMap(([peer, outcome]) => {
    const measurement = measured(outcome)
    if (!measurement?.totals || !hasMiscounted(measurement)) return []
    const { totals } = measurement
    return [`${PEERS[peer as Peer]}: ${describe(totals.found)}; expected ${describe(totals.expected)}`]
  })
  return [...miscounts, ...miscountAfterKill(measured(freshness))]
}

function miscountAfterKill(freshness: Freshness | null): string[] {
  if (freshness === null) return []
  const { records, recordsExpected, requests, requestsExpected } = freshness.afterKill
  if (records !== recordsExpected) {
    return [
      `freshness: the topic holds ${records} records instead of ${recordsExpected}; an append was repeated`,
    ]
  }
  if (requests === requestsExpected) return []
  return [`Forbruk after SIGKILL and restart: ${requests} requests; expected ${requestsExpected}`]
}

function describe({ requests, requestBytes, responseBytes, cells }: Totals): string {
  return `${requests} requests, ${requestBytes} + ${responseBytes} bytes in ${cells} cells`
}

export function formatResults(results: Results): string {
  const { events, jsonBytesMean, cells, machine } = results
  const miscounts = miscountsOf(results)
  return [
    `${digits(events)} events, JSON of ${Math.round(jsonBytesMean)} bytes, ${digits(cells)} sums; ${machine}`,
    '',
    ...formatTable([
      ['', 'events/s', 'start to end', 'CPU s per million', 'peak MB', 'totals'],
      ...Object.entries(results.peers).map(([peer, outcome]) => peerRow(PEERS[peer as Peer], outcome)),
    ]),
    '',
    ...formatTable([
      ['ratio', 'found', 'target', ''],
      ...targetsOf(results.peers).map(target => [
        target.name,
        target.found === null ? '-' : showIn(target.unit, target.found),
        showIn(target.unit, target.target),
        { true: 'met', false: 'missed', null: 'not run' }[String(isMet(target)) as 'true' | 'false' | 'null'],
      ]),
    ]),
    '',
    ...otherLines(results),
    ...(miscounts.length === 0 ? [] : ['', ...miscounts.map(line => `MISCOUNT ${line}`)]),
  ].join('\n')
}

function peerRow(name: string, outcome: Outcome<Measurement>): string[] {
  if ('reason' in outcome) return [name, `not run: ${outcome.reason}`]
  const { value } = outcome
  const { events, processMs, cpuSeconds, peakBytes, totals } = value
  return [
    name,
    digits(eventsPerSecond(value)),
    digits((events / processMs) * 1_000),
    cpuSeconds === null ? '-' : ((cpuSeconds / events) * MILLION).toFixed(2),
    peakBytes === null ? '-' : digits(peakBytes / MEGABYTE),
    totals === null ? '-' : hasMiscounted(value) ? 'MISCOUNT' : 'agree',
  ]
}

function otherLines({ peers, stored, storedWindowAlone, freshness, scaling, events }: Results): string[] {
  return [
    describeOutcome('Store', stored, ({ rows, bytes }) => {
      const perMillion = MILLION / events
      return `${digits(rows * perMillion)} rows, ${((bytes * perMillion) / MEGABYTE).toFixed(1)} MB per million events`
    }),
    describeWindow(peers),
    describeRecognition(stored, storedWindowAlone, events),
    describeOutcome('Freshness', freshness, ({ eventsPerSecond: rate, p50Ms, p99Ms }) => {
      const meant = rate < 0.98 * RATE_MEANT ? `, not the ${digits(RATE_MEANT)} that were meant` : ''
      const times = `p50 ${digits(p50Ms)} ms, p99 ${digits(p99Ms)} ms`
      return `${times} from append to usage_hourly at ${digits(rate)} events/s${meant}`
    }),
    describeOutcome('Restart', freshness, ({ restart, restartAfterKill }) => {
      return `${describeRestart(restart)}; after SIGKILL ${describeRestart(restartAfterKill)}`
    }),
    describeOutcome('Scaling', scaling, runs =>
      runs.map(run => `${digits(run.eventsPerSecond)} events/s by ${run.processes}`).join(', '),
    ),
  ]
}

function describeRestart({ assignedMs, caughtUpMs }: Restart): string {
  return `caught up after ${digits(caughtUpMs)} ms, assigned after ${digits(assignedMs)} ms`
}

function describeWindow(peers: Results['peers']): string {
  const [withIds, without] = [measured(peers.forbrukJson), measured(peers.forbrukWithoutIds)]
  if (withIds === null || without === null) return 'Duplicate window: not run'
  const slower = (1 - eventsPerSecond(withIds) / eventsPerSecond(without)) * 100
  const [cpuWith, cpuWithout] = [withIds.cpuSeconds, without.cpuSeconds]
  const cpu =
    cpuWith === null || cpuWithout === null
      ? ''
      : `, ${(((cpuWith - cpuWithout) / withIds.events) * MILLION).toFixed(2)} CPU s per million events more`
  const difference = `${Math.abs(slower).toFixed(0)} % ${slower < 0 ? 'faster' : 'slower'}`
  return `Duplicate window: with request ids ${difference} than without${cpu}`
}

function describeRecognition(
  stored: Outcome<StoredSize>,
  storedWindowAlone: Outcome<StoredSize>,
  events: number,
): string {
  const [withIds, without] = [measured(stored), measured(storedWindowAlone)]
  if (withIds === null || without === null) return 'Recognition: not run'
  return `Recognition: ${((withIds.bytes - without.bytes) / events).toFixed(1)} bytes more stored per event`
}

function describeOutcome<Value>(
  name: string,
  outcome: Outcome<Value>,
  show: (value: Value) => string,
): string {
  return `${name}: ${'reason' in outcome ? `not run: ${outcome.reason}` : show(outcome.value)}`
}

function measured<Value>(outcome: Outcome<Value>): Value | null {
  return 'value' in outcome ? outcome.value : null
}

function showIn(unit: Target['unit'], value: number): string {
  return unit === 'MB' ? `${digits(value)} MB` : `${value.toFixed(2)}x`
}

function digits(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
}

/** As Markdown, so that it can be kept as it is printed. */
function formatTable(rows: readonly (readonly string[])[]): string[] {
  const [head = []] = rows
  const full = rows.map(row => head.map((_, column) => row[column] ?? ''))
  const widths = head.map((_, column) => Math.max(3, ...full.map(row => row[column]?.length ?? 0)))
  const isNumber = (column: number) => column > 0 && column < head.length - 1
  const lines = full.map(row => {
    const cells = row.map((cell, column) =>
      isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    )
    return `| ${cells.join(' | ')} |`
  })
  const rule = widths.map((width, column) =>
    isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  return [lines[0] ?? '', `| ${rule.join(' | ')} |`, ...lines.slice(1)]
}
