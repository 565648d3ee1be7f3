import type { FileProgress } from './file-progress.ts'
import { findRotated } from './find-rotated.ts'
import { openFile } from './read-bytes.ts'
import { ByteCursor } from './read-from.ts'
import { AppendFailedError } from './send-batches.ts'
import { messageOf } from './ship-error.ts'
import type { FileSummary } from './ship-summary.ts'
import { shipWhole, type WholeOptions } from './ship-whole.ts'
import type { Shipment } from './shipment.ts'

/**
 * Ships what a followed log was rotated into before it was read to its end: the rest of files that were begun, and
 * files that came and went unseen. `begun` are the files that were read under this name before, `open` those that are
 * being read now.
 */
export async function catchUp(
  shipment: Shipment,
  path: string,
  begun: readonly FileProgress[],
  open: ReadonlySet<string>,
  options: Omit<WholeOptions, 'path' | 'keptAs' | 'speaksForSource'>,
): Promise<readonly FileSummary[]> {
  const { onWarning } = shipment.settings.retry
  if (begun.length === 0) return []
  const sinceMs = Math.max(...begun.map(file => file.modifiedMs))
  const summaries: FileSummary[] = []
  for (const rotated of await findRotated(path)) {
    if (options.signal.aborted) return summaries
    try {
      const whole = { ...options, path: rotated.path, keptAs: path, speaksForSource: false }
      const summary = await shipRotated(shipment, rotated.modifiedMs >= sinceMs, open, whole)
      if (summary !== null && summary.lines > 0) summaries.push(summary)
    } catch (error) {
      if (error instanceof AppendFailedError) throw error
      onWarning(messageOf(error))
    }
  }
  for (const { file, position } of begun) {
    if (open.has(file) || shipment.progressOf(file)?.done !== false) continue
    onWarning(
      `${path}: the file shipped through byte ${position} is gone; lines after that could not be shipped`,
    )
  }
  return summaries
}

async function shipRotated(
  shipment: Shipment,
  isNew: boolean,
  open: ReadonlySet<string>,
  options: WholeOptions,
): Promise<FileSummary | null> {
  const source = await openFile(shipment.settings.files, options.path)
  try {
    const head = await new ByteCursor(source).identify()
    if (head === null || open.has(head.file)) return null
    const known = shipment.progressOf(head.file)
    if (known === undefined && !isNew) return null
    if (known?.done && (source.seek === null || (source.facts?.bytes ?? 0) <= known.position)) return null
  } finally {
    await source.close()
  }
  const again = await openFile(shipment.settings.files, options.path)
  try {
    return await shipWhole(shipment, again, options)
  } finally {
    await again.close()
  }
}
