import type { EngineResult } from './compare-kafka-engine.ts'
import type { DiskFullResult } from './fill-disk.ts'
import type { Form } from './plan.ts'
import type { Verdict } from './verify.ts'

export type FaultRow = {
  readonly fault: string
  readonly afterEvents: number
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
    row.fault,
    group(row.afterEvents),
    row.atSeconds.toFixed(0),
    row.lastedSeconds.toFixed(1),
    row.recoveredSeconds?.toFixed(1) ?? 'NEVER',
    row.detail,
  ])
  const totals = verdict.totals.map(({ what, counted, expected }) => [
    what,
    group(counted),
    group(expected),
    counted === expected ? '' : `DIFFERS by ${group(counted - expected)}`,
  ])
  return [
    `seed ${seed}, ${form.name} form: ${group(form.eventsTotal)} events in ${form.partitions} partitions, ${report.seconds.toFixed(0)} s`,
    '',
    ...table(['fault', 'after events', 'at s', 'lasted s', 'recovered s', 'what happened'], faults),
    '',
    ...table(['total', 'forbruk', 'oracle', ''], totals),
    '',
    `copies that Kafka took twice from a producer whose acknowledgement was lost: ${group(verdict.takenTwice)}`,
    `disk full: ${report.diskFull.message}`,
    `for comparison, ClickHouse's Kafka engine: ${describeEngine(report.engine)}`,
    ...[...report.unplannedEnds].map(([what, times]) => `not as told (${times} times): ${what}`),
    ...report.failures.map(failure => `FAILED ${failure}`),
    report.failures.length === 0
      ? 'exact: nothing lost, nothing counted twice'
      : `${report.failures.length} failures; replay with --seed ${seed}`,
  ].join('\n')
}

function describeEngine(engine: EngineResult): string {
  switch (engine.kind) {
    case 'counted': {
      const difference = engine.counted - engine.records
      const verdict = difference === 0 ? 'exact' : `${difference > 0 ? '+' : ''}${group(difference)} records`
      return `${group(engine.counted)} of ${group(engine.records)} records after ${engine.kills} kills: ${verdict}`
    }
    case 'not run':
      return `not run: ${engine.reason}`
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
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
