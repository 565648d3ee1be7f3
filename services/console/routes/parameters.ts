import { textUpTo } from '@forbruk/schemas/text/plain-text.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { z } from 'zod'
import { ProblemError } from '../server/problem.ts'

/** Read by parseBillingPeriod, which says what was expected. */
export const monthParameter = z
  .string()
  .max(40)
  .meta({ description: 'YYYY-MM', pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' })

export const revisionQuery = wholeNumberShape(1, 1_000_000)
  .optional()
  .describe('the newest where none is named')

/** The value, or the answer that there is none. */
export function found<Value>(value: Value | null, what: string): Value {
  if (value !== null) return value
  throw new ProblemError({ kind: 'not_found', status: 404, detail: what })
}

/** Of a client, an integration, a source. */
export const name = textUpTo(256)

const VALUES_MAX = 100

/** One value, or the parameter again for each. */
export function severalOf<Value extends z.ZodType>(value: Value) {
  const several = z.array(value).max(VALUES_MAX, { error: `at most ${VALUES_MAX} values` })
  return z.union([several, value.transform(each => [each])], { error: tellWrong }).default([])
}

/** A union says of itself only that it isn't met: what is wrong is said by the one that was meant. */
function tellWrong(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_union') return undefined
  const [several, one] = issue.errors
  return (Array.isArray(issue.input) ? several : one)?.[0]?.message
}
