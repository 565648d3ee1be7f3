import type { ExpectedSource } from '@forbruk/infra/ledger/sources/expected-sources.ts'
import type { SilentSource } from '@forbruk/infra/ledger/sources/sources.ts'

type ExpectedFacts = {
  readonly month: string
  readonly endMs: number
  /** What people said to wait for, silent ones too. */
  readonly expected: readonly ExpectedSource[]
  readonly silent: readonly SilentSource[]
  /** All that have shipped anything, in whichever month. */
  readonly sources: readonly { readonly source: string }[]
  readonly hasUsage: boolean
  readonly firstAppendTimeMs: number | null
}

export type ExpectedLack =
  /** It has shipped, but nothing that can be of the month. */
  | { readonly kind: 'source_absent'; readonly source: string; readonly fromMonth: string | null }
  /** The month ended before the log began, and people expect every source from a later one on. */
  | { readonly kind: 'month_unexpected'; readonly month: string; readonly fromMonth: string }

/**
 * Pure. Usage of a month doesn't show that its gateways were there: one may have been connected a month later, and a
 * single line with a wrong time is usage too. Who is expected, and from which month on, is a person's word.
 */
export function judgeExpected(facts: ExpectedFacts): ExpectedLack[] {
  const { month, endMs, expected, silent, sources, hasUsage, firstAppendTimeMs } = facts
  const silentSources = new Set(silent.map(each => each.source))
  const lacks = expected
    .filter(({ fromMonth }) => fromMonth === null || fromMonth <= month)
    .filter(({ source, mayHaveShipped }) => !mayHaveShipped && !silentSources.has(source))
    .map(({ source, fromMonth }): ExpectedLack => ({ kind: 'source_absent', source, fromMonth }))
  const [first] = expected.map(({ fromMonth }) => fromMonth ?? '').sort()
  const isBeforeLog = firstAppendTimeMs !== null && endMs <= firstAppendTimeMs
  // One that nobody has named may well have been there before: its month is not for others to rule out.
  const areAllNamed = sources.every(({ source }) => expected.some(each => each.source === source))
  if (hasUsage && isBeforeLog && areAllNamed && first !== undefined && first > month)
    lacks.push({ kind: 'month_unexpected', month, fromMonth: first })
  return lacks
}
