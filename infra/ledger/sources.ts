import type { Store } from '../store/store.ts'
import { bool, text } from '../store/tables/codec.ts'
import { type SourceProgress, sourceProgress } from '../store/tables/source-progress.ts'
import { type SourceRetirement, sourceRetirement } from '../store/tables/source-retirement.ts'
import { select, shapeOf } from '../store/tables/table.ts'

/** A source that has shipped something, what its marks say and what people have said of it. */
export type Source = {
  readonly source: string
  /** The gateway format, as marks have it; empty without. */
  readonly format: string
  /** Counted or rejected, each once. */
  readonly events: number
  /** By its marks: shipped. */
  readonly eventsMarked: number
  /** Shipped and not arrived; below 0 when more arrived than was shipped. */
  readonly missing: number
  /** Every event of the source up to this time has been shipped and counted; null when it hasn't said so yet. */
  readonly throughMs: number | null
  /** By what a second copy of an event is known. */
  readonly identity: 'line_position' | 'request_id_or_none'
  /** A gateway that sends by itself says nothing of how far it is. */
  readonly givesMarks: boolean
  /** What an operator has said of its end; null while it lives. */
  readonly retired: Pick<SourceRetirement, 'reason' | 'missing'> | null
}

/** The stream's sources by name. */
export async function readSources(store: Store, stream: string): Promise<Source[]> {
  const kinds = new Map((await readKinds(store, stream)).map(kind => [kind.source, kind]))
  const retirements = new Map((await readRetirements(store, stream)).map(row => [row.source, row]))
  const progress = await readSourceProgress(store, stream)
  return progress.map(row => {
    const { source, format, events, eventsMarked, missing, throughMs } = row
    const kind = kinds.get(source)
    return {
      ...{ source, format, events, eventsMarked, missing, throughMs },
      identity: kind?.hasPositions ? 'line_position' : 'request_id_or_none',
      givesMarks: kind?.givesMarks ?? false,
      retired: whileItHolds(retirements.get(source), row),
    }
  })
}

/** A source that has gone on since it was retired is live again. Pure. */
function whileItHolds(
  retirement: SourceRetirement | undefined,
  { throughMs }: Pick<SourceProgress, 'throughMs'>,
): Source['retired'] {
  if (retirement === undefined || retirement.throughMs !== throughMs) return null
  const { reason, missing } = retirement
  return { reason, missing }
}

function readSourceProgress(store: Store, stream: string): Promise<SourceProgress[]> {
  const { list, shape } = select(sourceProgress)
  const sql = `SELECT ${list} FROM source_progress WHERE stream = {stream:String} ORDER BY source`
  return store.query(sql, shape, { stream })
}

/** Where lines have positions a shipper is at work, and it gives marks, be it later. */
function readKinds(store: Store, stream: string) {
  return store.query(
    `SELECT source,
            max(high_position) >= 0 AS has_positions,
            has_positions OR sum(marks) > 0 OR countIf(through IS NOT NULL) > 0 AS gives_marks
     FROM source_ledger WHERE stream = {stream:String} GROUP BY source`,
    shapeOf({ source: text, hasPositions: bool, givesMarks: bool }),
    { stream },
  )
}

/** Of each source the newest, whether it still holds or not. */
function readRetirements(store: Store, stream: string): Promise<SourceRetirement[]> {
  const { list, shape } = select(sourceRetirement)
  return store.query(
    `SELECT ${list} FROM source_retirement WHERE stream = {stream:String} ORDER BY retired_at DESC LIMIT 1 BY source`,
    shape,
    { stream },
  )
}
