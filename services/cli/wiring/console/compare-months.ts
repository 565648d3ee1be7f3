import type { SplitUse } from '@forbruk/schemas/usage/usage-question.ts'

type Day = Pick<SplitUse, 'at' | 'requests' | 'requestBytes' | 'responseBytes'>

/** Pure: a month's use by day, and in all. */
export function toMonthUse(month: string, days: readonly Day[]) {
  return {
    month,
    total: sumDays(days),
    days: days.map(({ at: day, ...use }) => ({ day, ...spell(use) })),
  }
}

/**
 * Pure: the days of a month that are over at a local date, against as many of the month before. A shorter month before
 * has fewer. Null where none is over.
 */
export function compareMonths(
  days: readonly string[],
  today: string,
  usage: readonly Day[],
  before: { readonly days: readonly string[]; readonly usage: readonly Day[] },
) {
  const over = days.filter(day => day < today)
  if (over.length === 0) return null
  const ofDays = (some: readonly string[], uses: readonly Day[]) =>
    sumDays(uses.filter(({ at }) => some.includes(at)))
  return {
    days: over.length,
    usage: ofDays(over, usage),
    before: ofDays(before.days.slice(0, over.length === days.length ? undefined : over.length), before.usage),
  }
}

function sumDays(days: readonly Day[]) {
  let sum = { requests: 0n, requestBytes: 0n, responseBytes: 0n }
  for (const { requests, requestBytes, responseBytes } of days) {
    sum = {
      requests: sum.requests + requests,
      requestBytes: sum.requestBytes + requestBytes,
      responseBytes: sum.responseBytes + responseBytes,
    }
  }
  return spell(sum)
}

function spell({ requests, requestBytes, responseBytes }: Omit<Day, 'at'>) {
  return {
    requests: String(requests),
    requestBytes: String(requestBytes),
    responseBytes: String(responseBytes),
  }
}
