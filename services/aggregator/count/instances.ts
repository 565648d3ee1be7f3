import { type MarkedObstacles, NO_OBSTACLES, type SourceMark } from '@forbruk/schemas/event/log-event.ts'
import { OTHER_INSTANCES, UNNAMED_INSTANCE } from '@forbruk/schemas/event/special-instance.ts'

/** What a partition has heard of one shipper of a source. */
export type HeardInstance = {
  /** Its id; or one of those that stand for marks without an id, or for shippers that are not listed any more. */
  readonly instance: string
  readonly host: string
  readonly run: string
  /** The highest. It grows whenever the shipper is heard: of the unnamed by append times, of the others by number. */
  readonly sequence: number
  /** What it vouches for. */
  readonly throughMs: number
  /** The append time of its newest mark. */
  readonly heardMs: number
  /** Marks by which a copy of its progress was seen at work. */
  readonly copies: number
  /** The least that these vouched for: since the progress was copied, each may have seen what the other hasn't. */
  readonly copiedThroughMs: number
  readonly obstacles: MarkedObstacles
}

/** So many are told apart; it bounds a row. More under one name are no shippers that keep their progress. */
const INSTANCES_MAX = 64

/** What was known of a source before any shipper of it said who it is. */
type Before = { readonly throughMs: number | null; readonly obstacles: MarkedObstacles }

/**
 * Who vouches for a source, once a partition has heard a mark that says so: the longest silent first. While it is
 * empty, no mark has, and all of them are one voucher. Pure: a function of the marks and of their order alone.
 */
export function hearMark(
  heard: readonly HeardInstance[],
  mark: SourceMark,
  appendTimeMs: number,
  before: Before,
): readonly HeardInstance[] {
  const { instance } = mark
  if (instance === undefined) return heard.length === 0 ? heard : hearUnnamed(heard, mark, appendTimeMs)
  const all = heard.length === 0 ? fromBefore(before) : heard
  const known = all.find(each => each.instance === instance.id) ?? null
  // It was upgraded: what was said without an id until here was its own.
  const isTakenOver = known === null && instance.wasUnnamed
  const others = all.filter(each => each !== known && !(isTakenOver && each.instance === UNNAMED_INSTANCE))
  return bound([...others, hearAgain(known, { ...mark, instance }, appendTimeMs)])
}

function fromBefore({ throughMs, obstacles }: Before): readonly HeardInstance[] {
  // When it was heard nobody has kept: not before what it vouches for.
  return throughMs === null ? [] : [{ ...nobody(UNNAMED_INSTANCE, throughMs), heardMs: throughMs, obstacles }]
}

function nobody(instance: string, throughMs: number): HeardInstance {
  const never = { host: '', run: '', sequence: 0, heardMs: 0, copies: 0, copiedThroughMs: 0 }
  return { instance, throughMs, ...never, obstacles: NO_OBSTACLES }
}

function hearUnnamed(heard: readonly HeardInstance[], mark: SourceMark, appendTimeMs: number) {
  const known = heard.find(each => each.instance === UNNAMED_INSTANCE) ?? null
  const sequence = Math.max(known?.sequence ?? 0, appendTimeMs)
  const unnamed = {
    ...(known ?? nobody(UNNAMED_INSTANCE, mark.throughMs)),
    throughMs: Math.max(known?.throughMs ?? 0, mark.throughMs),
    ...{
      sequence,
      heardMs: Math.max(known?.heardMs ?? 0, appendTimeMs),
      obstacles: mark.obstacles ?? NO_OBSTACLES,
    },
  }
  return bound([...heard.filter(each => each !== known), unnamed])
}

type NamedMark = SourceMark & { readonly instance: NonNullable<SourceMark['instance']> }

/**
 * A shipper saves a mark's number before it sends the mark. So a number that was there already and comes of another run
 * comes of a copy of its progress, or of an older one that was put back: from where that was made, none of the two
 * speaks for both.
 */
function hearAgain(known: HeardInstance | null, mark: NamedMark, appendTimeMs: number): HeardInstance {
  const { id, host, run, sequence } = mark.instance
  const { throughMs, obstacles = NO_OBSTACLES } = mark
  const heardMs = Math.max(known?.heardMs ?? 0, appendTimeMs)
  const told = { instance: id, host, run, sequence, throughMs, heardMs, obstacles }
  if (known === null) return { ...told, copies: 0, copiedThroughMs: 0 }
  const { copies, copiedThroughMs } = known
  if (sequence > known.sequence)
    return { ...told, throughMs: Math.max(known.throughMs, throughMs), copies, copiedThroughMs }
  // A batch of which the answer was lost is sent again.
  if (run === known.run) return { ...known, heardMs }
  const least = copies === 0 ? throughMs : Math.min(copiedThroughMs, throughMs)
  return { ...known, heardMs, copies: copies + 1, copiedThroughMs: least }
}

/** Whoever was silent for longest is no longer listed, and holds the source back among others. */
function bound(heard: readonly HeardInstance[]): readonly HeardInstance[] {
  const listed = heard.filter(({ instance }) => instance !== OTHER_INSTANCES)
  const [oldest, ...rest] = listed
  if (oldest === undefined || listed.length <= INSTANCES_MAX) return heard
  const before = heard.find(({ instance }) => instance === OTHER_INSTANCES)
  const leastMs = oldest.copies > 0 ? Math.min(oldest.throughMs, oldest.copiedThroughMs) : oldest.throughMs
  const others = {
    ...nobody(OTHER_INSTANCES, Math.min(before?.throughMs ?? leastMs, leastMs)),
    sequence: (before?.sequence ?? 0) + 1,
    heardMs: Math.max(before?.heardMs ?? 0, oldest.heardMs),
  }
  return [others, ...rest]
}
