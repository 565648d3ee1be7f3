import { ProblemError } from '../server/problem.ts'

/** `refused`: nothing was done, and `detail` says why. */
export type SettledAnswer<Result> =
  | { readonly kind: 'settled'; readonly result: Result }
  | { readonly kind: 'refused'; readonly detail: string }

export function settled<Result>(answer: SettledAnswer<Result>): Result {
  if (answer.kind === 'settled') return answer.result
  throw new ProblemError({ kind: 'events_refused', status: 409, detail: answer.detail })
}
