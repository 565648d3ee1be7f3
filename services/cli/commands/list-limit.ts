import { InvalidArgumentError } from 'commander'

/** How many rows a list shows at most. */
export function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100_000) return limit
  throw new InvalidArgumentError('expected a whole number from 1 to 100000')
}
