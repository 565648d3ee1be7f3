import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { WORDS_NB } from './problem-words.ts'

/** An error as RFC 9457 has it. `type` is for programs, `title` and `detail` are for people. */
export const problemShape = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
})

export type Problem = {
  /** Says what it is, for programs: `urn:forbruk:problem:<kind>`. */
  readonly kind: ProblemKind
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 406
    | 408
    | 409
    | 413
    | 414
    | 415
    | 422
    | 429
    | 431
    | 500
    | 503
  readonly detail: string
  /** What a program can act on, beside the sentence. */
  readonly more?: Readonly<Record<string, unknown>>
}

type ProblemKind = keyof typeof WORDS_NB

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Thrown by a route, and answered as it says. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export function toProblemBody({ kind, status, detail, more = {} }: Problem): Record<string, unknown> {
  return {
    type: `urn:forbruk:problem:${kind}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...more,
  }
}
