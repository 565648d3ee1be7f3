import { COLLECTED_FILE } from '@forbruk/schemas/event/collected-file.ts'
import { type MarkedObstacles, NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import type { Store } from '../../store/store.ts'
import { bool, text } from '../../store/tables/codec.ts'
import type { SourceExpectation } from '../../store/tables/source-expectation.ts'
import { type SourceProgress, sourceProgress } from '../../store/tables/source-progress.ts'
import type { SourceRetirement } from '../../store/tables/source-retirement.ts'
import { select, shapeOf } from '../../store/tables/table.ts'
import { explainInstances, readInstances, type SourceInstance } from './source-instances.ts'
import { readObstacles } from './source-obstacles.ts'
import { readWordsOnSources } from './words-on-sources.ts'

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
  /** By whose word, and from which month on; null where its own first mark is all there is. */
  readonly expected: Expected | null
  /** What keeps it from shipping further, by its marks and by who is silent of those that vouch for it. */
  readonly obstacles: MarkedObstacles
  /** Who vouches for it, the longest silent first; none where marks don't say who gave them. */
  readonly instances: readonly SourceInstance[]
  /** What an operator has said of its end; null while it lives. */
  readonly retired: Pick<SourceRetirement, 'reason' | 'missing'> | null
}

type Expected = Pick<SourceExpectation, 'fromMonth' | 'actor'>

/** A source that is expected and has never shipped anything. */
export type SilentSource = Expected & { readonly source: string }

/** By name. */
export type KnownSources = { readonly shipped: readonly Source[]; readonly silent: readonly SilentSource[] }

/** The stream's sources by name. */
export async function readSources(store: Store, stream: string): Promise<readonly Source[]> {
  return (await readKnownSources(store, stream)).shipped
}

/** The same with those that are silent. Who was heard of is asked first: nobody who begins meanwhile is left out. */
export async function readKnownSources(store: Store, stream: string): Promise<KnownSources> {
  const kinds = new Map((await readKinds(store, stream)).map(kind => [kind.source, kind]))
  const [{ expectations, retirements }, progress, standing, heard] = await Promise.all([
    readWordsOnSources(store, stream),
    readSourceProgress(store, stream),
    readObstacles(store, stream),
    readInstances(store, stream),
  ])
  const unheard = [...expectations.values()].filter(({ source }) => !kinds.has(source))
  const silent = unheard.map(({ source, fromMonth, actor }) => ({ source, fromMonth, actor }))
  const shipped = progress.map((row): Source => {
    const { source, format, events, eventsMarked, missing, throughMs } = row
    const kind = kinds.get(source)
    const instances = heard.get(source) ?? []
    const told = tellAll(standing.get(source) ?? NO_OBSTACLES, instances)
    const found = explainInstances(instances)
    return {
      ...{ source, format, events, eventsMarked, missing, throughMs },
      identity: kind?.hasPositions ? 'line_position' : 'request_id_or_none',
      givesMarks: kind?.givesMarks ?? false,
      expected: toExpected(expectations.get(source)),
      obstacles: { total: found.length + told.total, listed: [...found, ...told.listed] },
      instances,
      retired: instances.some(each => each.retired === null)
        ? null
        : whileItHolds(retirements.get(source), row, told),
    }
  })
  return { shipped, silent }
}

/** Of shippers that are retired nothing is in the way any more. Pure. */
function tellAll(ofSource: MarkedObstacles, instances: readonly SourceInstance[]): MarkedObstacles {
  const standing = instances.filter(({ retired }) => retired === null).map(({ obstacles }) => obstacles)
  return [ofSource, ...standing].reduce((all, { total, listed }) => ({
    total: all.total + total,
    listed: [...all.listed, ...listed],
  }))
}

function toExpected(expectation: SourceExpectation | undefined): Expected | null {
  if (expectation === undefined) return null
  const { fromMonth, actor } = expectation
  return { fromMonth, actor }
}

/**
 * A source that has gone on since it was retired, or met with something, is live again. Its marks alone don't tell:
 * what stands in its way holds them back, while its events come on. Pure.
 */
function whileItHolds(
  retirement: SourceRetirement | undefined,
  { throughMs, events }: Pick<SourceProgress, 'throughMs' | 'events'>,
  { listed }: MarkedObstacles,
): Source['retired'] {
  if (retirement === undefined || retirement.throughMs !== throughMs) return null
  if (retirement.events !== null && retirement.events !== events) return null
  if (listed.some(({ sinceMs }) => sinceMs > retirement.retiredAtMs)) return null
  const { reason, missing } = retirement
  return { reason, missing }
}

function readSourceProgress(store: Store, stream: string): Promise<SourceProgress[]> {
  const { list, shape } = select(sourceProgress)
  const sql = `SELECT ${list} FROM source_progress WHERE stream = {stream:String} ORDER BY source`
  return store.query(sql, shape, { stream })
}

/**
 * Where lines have positions a shipper is at work, and it gives marks, be it later. What a collector rejects has a
 * place as well, and no mark: else anybody's broken request would keep all months of its source open.
 */
function readKinds(store: Store, stream: string) {
  return store.query(
    `SELECT source,
            countIf(high_position >= 0 AND file NOT LIKE '${COLLECTED_FILE}') > 0 AS has_positions,
            has_positions OR sum(marks) > 0 OR countIf(through IS NOT NULL) > 0 AS gives_marks
     FROM source_ledger WHERE stream = {stream:String} GROUP BY source`,
    shapeOf({ source: text, hasPositions: bool, givesMarks: bool }),
    { stream },
  )
}
