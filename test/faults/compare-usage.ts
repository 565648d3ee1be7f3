import type { Totals } from './oracle.ts'

/** Every figure that is not the oracle's, in both directions. */
export function compareUsage(
  counted: ReadonlyMap<string, Totals>,
  expected: ReadonlyMap<string, Totals>,
): string[] {
  const keys = new Set([...counted.keys(), ...expected.keys()])
  return [...keys].flatMap(key => {
    const [found, wanted] = [describe(counted.get(key)), describe(expected.get(key))]
    return found === wanted ? [] : [`usage of ${key.split('\n').join(', ')}: ${found}, expected ${wanted}`]
  })
}

function describe(totals: Totals | undefined): string {
  if (totals === undefined) return 'nothing'
  return `${totals.requests} requests, ${totals.requestBytes} + ${totals.responseBytes} bytes`
}
