import type { GateFacts, Lack } from './gate.ts'
import type { LedgerFacts } from './judge-partition.ts'

/** How counting went on while it was looked at: per partition, the offset it had reached before and after. */
type Progress = {
  readonly before: ReadonlyMap<number, Pick<LedgerFacts, 'nextOffset'>>
  readonly after: ReadonlyMap<number, Pick<LedgerFacts, 'nextOffset'>>
  readonly elapsedMs: number
}

/** When a month can be closed, as far as that can be told. */
export type Estimate = {
  /** Not before, in milliseconds since the epoch; null when nothing tells. */
  readonly notBeforeMs: number | null
  /** Each a sentence: what it rests on, and what nobody can tell. */
  readonly basis: readonly string[]
}

/** Pure. An estimate: counting may go faster or slower, and somebody may ship or mend what is missing. */
export function estimateReady(
  lacks: readonly Lack[],
  facts: GateFacts,
  progress: Progress,
  nowMs: number,
): Estimate {
  const times: number[] = []
  const basis: string[] = []
  const unknown: string[] = []
  // What is behind of a month that goes on says nothing about its end.
  const isRunning = lacks.some(({ kind }) => kind === 'month_running')
  for (const lack of lacks) {
    switch (lack.kind) {
      case 'month_running':
      case 'grace_running':
        times.push(facts.graceEndMs)
        basis.push(`the grace ends at ${new Date(facts.graceEndMs).toISOString()}`)
        break
      case 'partition_behind': {
        if (isRunning) break
        const restMs = estimateCatchUp(lack, progress)
        if (restMs === null) {
          basis.push(`partition ${lack.partition} was not counted further in ${seconds(progress.elapsedMs)}`)
        } else {
          times.push(nowMs + restMs)
          basis.push(
            `partition ${lack.partition} is counted at the rate of the last ${seconds(progress.elapsedMs)} ` +
              `in ${seconds(restMs)}`,
          )
        }
        break
      }
      default:
        unknown.push(lack.kind)
    }
  }
  if (unknown.length > 0) {
    basis.push(
      `${unknown.length} of ${lacks.length} things missing wait for somebody, for which there is no estimate`,
    )
  }
  return { notBeforeMs: times.length === 0 ? null : Math.max(...times), basis }
}

function estimateCatchUp(
  { partition, neededOffset }: Extract<Lack, { kind: 'partition_behind' }>,
  { before, after, elapsedMs }: Progress,
): number | null {
  const reached = after.get(partition)?.nextOffset ?? 0
  const counted = reached - (before.get(partition)?.nextOffset ?? 0)
  if (counted <= 0) return null
  return Math.max(0, Math.ceil(((neededOffset - reached) * elapsedMs) / counted))
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0)} s`
}

export function describeEstimate({ notBeforeMs, basis }: Estimate): string {
  const time = notBeforeMs === null ? 'none' : `not before ${new Date(notBeforeMs).toISOString()}`
  return `estimate: ${[time, ...basis].join('; ')}`
}
