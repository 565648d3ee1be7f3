import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { RatedMonth } from '../rating/rate.ts'

/** Pure: whether two ratings of a month say the same of everybody, down to names and exceptions. */
export function isEqualRating(rated: RatedMonth, other: RatedMonth): boolean {
  return rated === other || digest(rated) === digest(other)
}

/** Statement by statement, since a month's text may be longer than a string can be. */
function digest({ statements, exceptions }: RatedMonth): string {
  return hashContent([statements.map(hashContent), exceptions.map(hashContent)])
}
