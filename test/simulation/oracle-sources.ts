import { type Judged, originOf, within } from './oracle.ts'
import { instancesOf } from './oracle-instances.ts'

/** The columns of each source row of the block when it stands at `nextOffset`, by source and file. */
export function sourcesOf(judged: readonly Judged[], block: number, nextOffset: number) {
  const soFar = judged.filter(one => one.offset < nextOffset)
  const inBlock = within(judged, block, nextOffset)
  const marked = inBlock.flatMap(({ event }) => (event.kind === 'mark' ? [event.source] : []))
  // Who vouches for a source stands in the row of its file without a name.
  const saysWho = marked.filter(source => instancesOf(soFar, source) !== '[]').map(source => `${source}|`)
  const names = new Set([...inBlock.flatMap(one => fileOf(one) ?? []), ...saysWho])
  return new Map(
    [...names].map(name => {
      const ofFile = soFar.filter(one => fileOf(one) === name)
      const instances = name.endsWith('|') ? instancesOf(soFar, name.slice(0, -1)) : '[]'
      return [name, { ...sourceOf(ofFile, block), instances }]
    }),
  )
}

function sourceOf(ofFile: readonly Judged[], block: number) {
  const isOnce = (one: Judged) => one.verdict === 'counted' || one.verdict === 'rejected'
  const marks = ofFile.flatMap((one, place) =>
    one.event.kind === 'mark' ? [{ mark: one.event, place }] : [],
  )
  // A mark counts when it is ahead of every line before it, and not behind a mark that did.
  const ahead = marks.filter(({ mark, place }) => mark.position > highestPosition(ofFile.slice(0, place)))
  const highest = Math.max(0, ...ahead.map(({ mark }) => mark.position))
  const newest = ahead.filter(({ mark }) => mark.position === highest).at(-1)
  const through = ofFile.flatMap(({ throughMs }) => throughMs ?? [])
  return {
    events: ofFile.filter(one => one.block === block && isOnce(one)).length,
    duplicates: ofFile.filter(one => one.block === block && one.verdict === 'duplicate').length,
    marks: ofFile.filter(one => one.block === block && one.verdict === 'mark').length,
    high_position: highestPosition(ofFile),
    events_so_far: ofFile.filter(isOnce).length,
    mark_position: highest,
    mark_events_total: newest?.mark.eventsTotal ?? 0,
    events_at_mark: newest === undefined ? 0 : ofFile.slice(0, newest.place).filter(isOnce).length,
    through: through.length === 0 ? null : Math.max(...through),
    format: marks.at(-1)?.mark.format ?? '',
  }
}

function highestPosition(judged: readonly Judged[]): number {
  return judged.reduce((highest, { event }) => {
    const identity = originOf(event)?.identity
    return identity?.kind === 'position' ? Math.max(highest, identity.position) : highest
  }, -1)
}

/** The source row that an event belongs to: of what was rejected, only what names its source, or is a copy. */
function fileOf({ event, verdict }: Judged): string | null {
  if (event.kind === 'mark') return `${event.source}|${event.file}`
  const origin = originOf(event)
  if (origin === null) return null
  const file = origin.identity.kind === 'position' ? origin.identity.file : ''
  return verdict === 'rejected' && origin.source === '' && file === '' ? null : `${origin.source}|${file}`
}
