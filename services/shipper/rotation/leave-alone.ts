import { basename } from 'node:path'
import type { RotatedFile } from '../files/find-rotated.ts'
import type { FileFacts } from '../files/log-files.ts'
import type { Start } from '../progress/identify-file.ts'
import { isSamePlace, placeOf } from '../progress/place.ts'
import type { KnownStart, LogProgress } from '../progress/source-progress.ts'
import { readStartOf } from '../recognise/read-from.ts'
import { agree } from '../recognise/recognise-file.ts'
import type { Shipment } from '../send/shipment.ts'

/**
 * A log that is followed for the first time begins with the file that has its name. Those into which it was rotated
 * before are remembered, so that they are never taken for new ones. When files of the log were shipped before, only
 * what is older than all of them is left alone.
 */
export async function startLog(
  shipment: Shipment,
  path: string,
  rotated: readonly RotatedFile[],
): Promise<LogProgress> {
  const known = shipment.known.all.filter(file => file.path === path)
  const sinceMs = Math.min(...known.map(file => file.modifiedMs))
  const before: KnownStart[] = []
  const looked: Record<string, string> = {}
  const names: string[] = []
  for (const one of rotated.filter(({ facts }) => facts.modifiedMs < sinceMs)) {
    // What can't be read now was not shipped either, and is left alone as it is.
    const start = await readStartOf(shipment.settings.files, one.path)
    if (start !== null && shipment.known.kinOf(start.file).some(file => agree(start, file))) continue
    names.push(basename(one.path))
    looked[one.facts.version] = ''
    if (start !== null)
      before.push({ file: start.file, lineDigests: start.lineDigests, place: placeOf(one.facts) })
  }
  if (names.length > 0) {
    shipment.settings.retry.onWarning(
      `${path}: was rotated before it was followed for the first time; ${names.join(', ')} left alone. Ship them by ` +
        'name where their lines belong to this source',
    )
  }
  const log = { path, before, looked }
  shipment.setLog(log)
  await shipment.save()
  return log
}

/** Whether it is one that is left alone. The number of a deleted file may be another's by now: its start must agree. */
export function isLeftAlone({ before }: LogProgress, start: Start, facts: FileFacts): boolean {
  return before.some(({ file, lineDigests, place }) => {
    if (file !== start.file || !agree(start, { lineDigests })) return false
    return isSamePlace(place, facts) || lineDigests.length === start.lineDigests.length
  })
}
