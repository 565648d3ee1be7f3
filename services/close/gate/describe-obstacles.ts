import { adviseOnHalt } from '@forbruk/schemas/event/halt-reason.ts'
import { adviseOnInstance } from '@forbruk/schemas/event/instance-reason.ts'
import type { MarkedObstacle, MarkedObstacles } from '@forbruk/schemas/event/log-event.ts'

const NAMED_MAX = 3

/** `/log/a.log (gone since 2026-10-03T04:00:00Z), …, 2 more`. Pure. */
export function describeObstacles({ total, listed }: MarkedObstacles): string {
  const named = listed.slice(0, NAMED_MAX).map(({ reason, path, sinceMs }) => {
    return `${path} (${reason} since ${new Date(sinceMs).toISOString().replace('.000Z', 'Z')})`
  })
  return [...named, ...(total > named.length ? [`${total - named.length} more`] : [])].join(', ')
}

/** What to do about them; the command is for the machine that ships the source. */
export function adviseOnObstacles(source: string, { listed }: MarkedObstacles): string {
  const [first] = listed
  return (
    (first === undefined ? null : adviseOn(first, source)) ??
    `mend it on its host, or give it up there: forbruk source accept-loss ${source} FILE --reason TEXT`
  )
}

function adviseOn({ reason, path }: MarkedObstacle, source: string): string | null {
  return adviseOnHalt(reason, source) ?? adviseOnInstance(reason, source, path)
}
