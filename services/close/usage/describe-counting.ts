/** Pure: what statements say of the rules that their usage was counted by, where older ones had a part in it. */
export function describeCounting(foldVersionMin: number | null): string[] {
  if (isStatusToldApart(foldVersionMin)) return []
  return [
    'Some requests of the month were counted before 429, 401 and 407 were told apart from other 4xx: ' +
      'theirs count as 4xx does.',
  ]
}

/** Pure: whether 429, 401 and 407 stand beside 4xx in all that was counted. */
export function isStatusToldApart(foldVersionMin: number | null): boolean {
  return foldVersionMin === null || foldVersionMin >= 2
}
