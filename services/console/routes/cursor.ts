import type { z } from 'zod'
import { ProblemError } from '../server/problem.ts'

export const CURSOR_CHARACTERS_MAX = 4_000

/** Where a page ended. For its reader alone, who gives it back as it is. */
export function writeCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Throws ProblemError for what was never written. */
export function readCursor<Place>(text: string, shape: z.ZodType<Place>): Place {
  const cursor = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')))
  if (cursor.success) return cursor.data
  throw unclear('after is no cursor; expected the `next` of the page before, as it was')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A question that can mean two things, or nothing. */
export function unclear(detail: string): ProblemError {
  return new ProblemError({ kind: 'question_unclear', status: 422, detail })
}
