const NAMED_MAX = 20

/** Pure: places in the log as what an act is about; of many the first. */
export function namePlaces(places: readonly string[]): string {
  const named = places.slice(0, NAMED_MAX).join(', ')
  return places.length > NAMED_MAX ? `${named} and ${places.length - NAMED_MAX} more` : named
}
