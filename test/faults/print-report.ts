import type { EngineResult } from './compare-kafka-engine.ts'
import type { DiskFullResult } from './fill-disk.ts'
import type { Form } from './plan.ts'
import type { Verdict } from './verify.ts'

export type FaultRow = {
  /** Faults of one step began together. */
  readonly step: number
  readonly fault: string
  readonly afterEvents: number
  /** Sent between its beginning and the recovery. */
  readonly eventsMeanwhile: number
  readonly atSeconds: number
  readonly lastedSeconds: number
  /** From its beginning until everything that was appended before its end was counted; null: not in time. */
  readonly recoveredSeconds: number | null
  readonly detail: string
}

export type Report = {
  readonly seed: number
  readonly form: Form
  readonly seconds: number
  readonly faults: readonly FaultRow[]
  /** Processes that ended without being told to, or not in order when told to: what they said, and how often. */
  readonly unplannedEnds: ReadonlyMap<string, number>
  readonly verdict: Verdict
  readonly diskFull: DiskFullResult
  readonly engine: EngineResult
  /** Empty when everything is as it must be. */
  readonly failures: readonly string[]
}

export function formatReport(report: Report): string {
  const { seed, form, verdict } = report
  const faults = report.faults.map(row => [
    String(row.step),
    row.fault,
    row.atSeconds.toFixed(0),
    group(row.afterEvents),
    group(row.eventsMeanwhile),
    row.lastedSeconds.toFixed(1),
    row.recoveredSeconds?.toFixed(1) ?? 'later',
    row.detail,
  ])
  const totals = verdict.totals.map(({ what, counted, expected }) => [
    what,
    group(counted),
    group(expected),
    counted === expected ? '' : `DIFFERS by ${group(counted - expected)}`,
  ])
  return [
    `seed ${seed}, ${form.name} form: ${group(form.eventsTotal)} events in ${form.partitions} partitions, ` +
      `${faults.length} faults, ${report.seconds.toFixed(0)} s`,
    '',
    ...table(
      ['step', 'fault', 'at s', 'after events', 'meanwhile', 'lasted s', 'recovered s', 'what happened'],
      faults,
    ),
    '',
    ...table(['total', 'forbruk', 'oracle', ''], totals),
    '',
    `copies that Kafka took twice from a producer whose acknowledgement was lost: ${group(verdict.takenTwice)}`,
    `disk full: ${report.diskFull.message}`,
    '',
    ...table(['counter', 'records', 'in the log', 'miscount', 'killed'], comparison(report)),
    '',
    ...[...report.unplannedEnds].map(([what, times]) => `not as told (${times} times): ${what}`),
    ...report.failures.map(failure => `FAILED ${failure}`),
    report.failures.length === 0
      ? 'exact: nothing lost, nothing counted twice'
      : `${report.failures.length} failures; replay with --seed ${seed}`,
  ].join('\n')
}

/** The same records, counted by both and with the same kills; what a record means is not what is compared here. */
function comparison({ verdict, engine, faults }: Report): string[][] {
  const records = verdict.totals.find(({ what }) => what === 'records')
  const ours = records === undefined ? [] : [records.counted, records.expected]
  const kills = faults.filter(({ detail }) => detail.includes('kill -9')).length
  return [
    ['forbruk', ...compared(ours), `${kills} times, broker included`],
    engine.kind === 'counted'
      ? [
          "ClickHouse's Kafka engine",
          ...compared([engine.counted, engine.records]),
          `${engine.kills} times, and the broker`,
        ]
      : ["ClickHouse's Kafka engine", `not run: ${engine.reason}`],
  ]
}

function compared([counted = 0, expected = 0]: readonly number[]): string[] {
  const difference = counted - expected
  const miscount = difference === 0 ? 'none' : `${difference > 0 ? '+' : ''}${group(difference)}`
  return [group(counted), group(expected), miscount]
}

/** Columns of one width, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        isNumber(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)]
}

function isNumber(text: string): boolean {
  return /^-?[\d ]+(\.\d+)?$/.test(text)
}

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}
