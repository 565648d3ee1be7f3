import { type Scrape, ScrapeError } from './read-scrape.ts'

export type Served = { readonly counter: string; readonly served: number; readonly resets: number }

/**
 * Pure: how many requests counters have counted from the first scrape to the last. One that stands lower than before,
 * or is gone, began anew with its program; what it had counted since it was read last is then not known. One that is
 * new has counted from nothing.
 *
 * @throws ScrapeError
 */
export function countServed(scrapes: readonly Scrape[]): Served {
  const [first, ...others] = scrapes
  if (first === undefined || others.length === 0) {
    throw new ScrapeError('expected the counters twice or more: when the time began, and when it ended')
  }
  let [before, served, resets] = [first, 0, 0]
  for (const next of others) {
    if (next.counter !== first.counter) {
      throw new ScrapeError(
        `the counters are those of ${first.counter}, then of ${next.counter}; expected one program`,
      )
    }
    const isReset = [...before.series].some(([name, count]) => (next.series.get(name) ?? 0) < count)
    if (isReset) resets += 1
    for (const [name, count] of next.series) {
      // A program that began anew has all its counters do so, also those that stand higher by now.
      served += isReset ? count : count - (before.series.get(name) ?? 0)
    }
    before = next
  }
  return { counter: first.counter, served, resets }
}
