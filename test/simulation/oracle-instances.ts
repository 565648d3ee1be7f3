import type { SourceMark } from '@forbruk/schemas/event/log-event.ts'
import type { Judged } from './oracle.ts'

type Heard = {
  readonly mark: SourceMark
  readonly at: number
  readonly appendTimeMs: number
  readonly throughMs: number
}

/** Who vouches for the source after these events of it, as its row must have it: JSON, the longest silent first. */
export function instancesOf(judged: readonly Judged[], source: string): string {
  const marks = judged.flatMap(({ event, verdict, appendTimeMs, throughMs }, at): Heard[] =>
    verdict === 'mark' && event.kind === 'mark' && event.source === source
      ? [{ mark: event, at, appendTimeMs, throughMs: throughMs ?? 0 }]
      : [],
  )
  const named = marks.filter(({ mark }) => mark.instance !== undefined)
  const [first] = named
  if (first === undefined) return '[]'
  const ids = [...new Set(named.map(({ mark }) => mark.instance?.id))]
  const ofIds = ids.map(id => named.filter(({ mark }) => mark.instance?.id === id))
  const takenOver = ofIds.flatMap(([begin]) => (begin?.mark.instance?.wasUnnamed ? [begin.at] : []))
  const unnamed = marks.filter(
    ({ mark, at }) => mark.instance === undefined && at > Math.max(-1, ...takenOver),
  )
  const rows = [...ofIds.map(spellNamed), ...(unnamed.length > 0 ? [spellUnnamed(unnamed, first.at)] : [])]
  return JSON.stringify(rows.sort((one, other) => one.last - other.last).map(({ row }) => row))
}

function spellNamed(ofId: readonly Heard[]) {
  const sequenceOf = ({ mark }: Heard) => mark.instance?.sequence ?? 0
  const highestBefore = (one: Heard) =>
    ofId
      .filter(({ at }) => at < one.at)
      .reduce<Heard | null>(
        (highest, each) => (highest === null || sequenceOf(each) > sequenceOf(highest) ? each : highest),
        null,
      )
  const isNews = (one: Heard) => sequenceOf(one) > sequenceOf(highestBefore(one) ?? NOBODY)
  const news = ofId.filter(isNews)
  const copies = ofId.filter(
    one => !isNews(one) && highestBefore(one)?.mark.instance?.run !== one.mark.instance?.run,
  )
  const newest = news.at(-1)?.mark.instance
  return {
    last: ofId.at(-1)?.at ?? 0,
    row: spell(newest?.id ?? '', {
      ...{ host: newest?.host ?? '', run: newest?.run ?? '', sequence: newest?.sequence ?? 0 },
      throughMs: Math.max(...news.map(each => each.throughMs)),
      heardMs: Math.max(...ofId.map(each => each.appendTimeMs)),
      copies: copies.length,
      copiedThroughMs: copies.length === 0 ? 0 : Math.min(...copies.map(each => each.throughMs)),
    }),
  }
}

/** What was heard before anybody had a name vouches, and when is known by that alone. */
function spellUnnamed(unnamed: readonly Heard[], firstNamedAt: number) {
  const since = unnamed.filter(({ at }) => at > firstNamedAt).map(each => each.appendTimeMs)
  const before = unnamed.filter(({ at }) => at < firstNamedAt).map(each => each.throughMs)
  const heardMs = Math.max(...before, ...since)
  return {
    last: unnamed.at(-1)?.at ?? 0,
    row: spell('unnamed', {
      ...{ host: '', run: '', sequence: Math.max(0, ...since), heardMs, copies: 0, copiedThroughMs: 0 },
      throughMs: Math.max(...unnamed.map(each => each.throughMs)),
    }),
  }
}

const NOBODY: Heard = {
  mark: { kind: 'mark', source: '', file: '', position: 0, eventsTotal: 0, throughMs: 0, format: '' },
  ...{ at: -1, appendTimeMs: 0, throughMs: 0 },
}

type Spelled = {
  readonly host: string
  readonly run: string
  readonly sequence: number
  readonly throughMs: number
  readonly heardMs: number
  readonly copies: number
  readonly copiedThroughMs: number
}

function spell(instance: string, { throughMs, heardMs, copiedThroughMs, ...rest }: Spelled) {
  const { host, run, sequence, copies } = rest
  const time = (timeMs: number) => new Date(timeMs).toISOString()
  return {
    ...{ instance, host, run, sequence, through: time(throughMs), heard: time(heardMs), copies },
    ...{ copied_through: time(copiedThroughMs), obstacles: [], obstacles_total: 0 },
  }
}
