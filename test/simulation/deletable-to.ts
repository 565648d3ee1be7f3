import type { SimulatedPartition } from './simulated-log.ts'

const DAY_MS = 86_400_000
const RETENTION_MS = 12 * DAY_MS
const LAG_MAX_MS = 2 * DAY_MS

export type Retention = 'unneeded' | 'old' | 'harsh'

type Circumstances = {
  readonly needed: number | null
  readonly kind: Retention
  readonly isDamaged: boolean
  readonly nextOffset: number
  readonly nowMs: number
}

/** Up to where the start of the log may be deleted. */
export function deletableTo(
  log: SimulatedPartition,
  { needed, kind, isDamaged, nextOffset, nowMs }: Circumstances,
): number {
  if (needed === null || kind === 'harsh') return log.endOffset
  if (kind === 'unneeded' || isDamaged) return Math.max(needed, log.startOffset)
  // As a topic's retention does it: by age alone, while counting is not days behind.
  const isBehind = log.records.some(
    record => record.offset >= nextOffset && record.appendTimeMs < nowMs - LAG_MAX_MS,
  )
  if (isBehind) return log.startOffset
  const kept = log.records.find(record => record.appendTimeMs >= nowMs - RETENTION_MS)
  return Math.max(log.startOffset, Math.min(nextOffset, kept?.offset ?? log.endOffset))
}
