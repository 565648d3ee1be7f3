import { useQuery } from '@tanstack/react-query'
import { TIME_ZONE } from '../reader/format.ts'
import { addDays, monthOfNow } from '../reader/months.ts'
import { monthsQuery } from './months.ts'
import { usageQuery } from './usage.ts'

/** For so long an installation that counts nothing is taken for one that runs. */
const QUIET_DAYS = 7

/**
 * The month to show where the address names none: this one, as long as something was counted lately; else the newest
 * that is closed, since somebody looks at what was. Null until that is known.
 */
export function useMonth(named: string | undefined): string | null {
  const now = monthOfNow(TIME_ZONE)
  const today = new Date().toISOString().slice(0, 10)
  const isOpen = named === undefined
  const lately = useQuery({
    ...usageQuery({ from: addDays(today, -QUIET_DAYS), to: addDays(today, 2), limit: 1 }),
    enabled: isOpen,
  })
  const closed = useQuery({ ...monthsQuery, enabled: isOpen })
  if (named !== undefined) return named
  if (lately.isPending || closed.isPending) return null
  const [use] = lately.data?.rows ?? []
  if (use !== undefined && use.requests !== '0') return now
  return (
    closed.data?.months
      .map(each => each.month)
      .toSorted()
      .at(-1) ?? now
  )
}
