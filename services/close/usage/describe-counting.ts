/** In pages as well as in the proof of a month. */
export const COUNTED_IN_CLASS =
  'Some requests of the month were counted before 429, 401 and 407 were told apart from other 4xx: ' +
  'theirs count as 4xx does.'

/** Pure: what a close says of the rules that its usage was counted by, where older ones had a part in it. */
export function describeCounting(foldVersionMin: number | null): string[] {
  return isStatusToldApart(foldVersionMin) ? [] : [COUNTED_IN_CLASS]
}

/** Pure: whether 429, 401 and 407 stand beside 4xx in all that was counted. */
export function isStatusToldApart(foldVersionMin: number | null): boolean {
  return foldVersionMin === null || foldVersionMin >= 2
}
