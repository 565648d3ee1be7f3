const WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2]

/** Nine digits, of which the last makes the weighted sum of all a multiple of 11: as Enhetsregisteret gives them. */
export function isOrganisationNumber(text: string): boolean {
  if (!/^\d{9}$/.test(text)) return false
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0)
  return (sum + Number(text[8])) % 11 === 0
}
