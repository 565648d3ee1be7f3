const NAMED_MAX = 20

/** Pure: places in the log as what an act is about; of many the first. */
export function namePlaces(places: readonly string[]): string {
  const named = places.slice(0, NAMED_MAX).join(', ')
  return places.length > NAMED_MAX ? `${named} and ${places.length - NAMED_MAX} more` : named
}

type Chosen = {
  readonly reasonCode: string | null
  readonly source: string | null
  readonly partition: number | null
  readonly month: string | null
}

/** Pure: rejected lines as what an act is about, by how they were chosen. */
export function nameLines({ reasonCode, ...others }: Chosen): string {
  const chosen = Object.entries({ reason: reasonCode, ...others })
  return chosen.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`])).join(', ') || 'all'
}
