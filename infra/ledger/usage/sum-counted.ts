/**
 * For the SQL of questions to `usage_counted`, whose copies are negative: what its rows add up to, never below 0, also
 * while a power loss has taken what a copy is subtracted from. Somebody of whom only copies came did nothing.
 */
export function sumCounted(expression: string): string {
  return `toUInt64(greatest(sum(${expression}), 0))`
}

export const IS_COUNTED = 'HAVING sum(requests) > 0'
