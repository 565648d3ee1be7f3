import type { SeenFile } from '@forbruk/infra/ledger/sources/source-files.ts'
import { SourceFiles } from '../count/admit.ts'

/** What had been seen of each source's file, as the ledger has it. */
export function restoreSources(seenFiles: readonly SeenFile[]): SourceFiles {
  const sources = new SourceFiles()
  for (const seen of seenFiles) {
    const file = sources.get(seen.source, seen.file)
    file.highPosition = seen.highPosition
    file.eventsSoFar = seen.eventsSoFar
    file.markPosition = seen.markPosition
    file.markEventsTotal = seen.markEventsTotal
    file.eventsAtMark = seen.eventsAtMark
    file.throughMs = seen.throughMs
    file.format = seen.format
    file.obstacles = { total: seen.obstaclesTotal, listed: seen.obstacles }
    file.instances = seen.instances.map(({ obstacles: listed, obstaclesTotal: total, ...heard }) => ({
      ...heard,
      obstacles: { total, listed },
    }))
  }
  return sources
}
