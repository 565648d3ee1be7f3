import type { IdentityPlace } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'

/**
 * Of places whose request ids share hour and hash: every occurrence of each id that truly occurs more than once, and
 * the places that nobody can read any more, from which nothing follows. Pure.
 * @param known what stands at the places, by `keyOf`; a place that is missing can't be read
 */
export function findRepeated(
  stream: string,
  places: readonly IdentityPlace[],
  known: ReadonlyMap<string, RepeatedRequest>,
): RepeatedRequest[] {
  const unknown = places.filter(place => !known.has(keyOf(place)))
  const byId = new Map<string, RepeatedRequest[]>()
  for (const place of places) {
    const occurrence = known.get(keyOf(place))
    if (occurrence === undefined) continue
    const name = `${occurrence.hourMs} ${occurrence.requestId}`
    byId.set(name, [...(byId.get(name) ?? []), occurrence])
  }
  const repeated = [...byId.values()].filter(occurrences => occurrences.length > 1)
  return [...repeated.flat(), ...unknown.map(place => ({ ...UNKNOWN, ...place, stream }))]
}

export function keyOf({
  partition,
  offset,
  eventIndex,
}: Pick<IdentityPlace, 'partition' | 'offset' | 'eventIndex'>): string {
  return `${partition} ${offset} ${eventIndex}`
}

const UNKNOWN = {
  requestId: '',
  appendTimeMs: 0,
  source: '',
  clientId: '',
  integrationId: '',
  statusClass: '0xx',
  requestBytes: 0,
  responseBytes: 0,
  isKnown: false,
} as const
