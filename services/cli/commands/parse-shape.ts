import { InvalidArgumentError } from 'commander'
import type { ZodType } from 'zod'

/** For an option or argument: what it is given, held against the shape that says what was expected. */
export function parseShape<Value>(shape: ZodType<Value>): (given: unknown) => Value {
  return given => {
    const parsed = shape.safeParse(given)
    if (parsed.success) return parsed.data
    throw new InvalidArgumentError(`expected ${parsed.error.issues[0]?.message}`)
  }
}
