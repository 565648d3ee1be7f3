import { readSources } from '@forbruk/infra/ledger/sources/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { adviseOnHalt } from '@forbruk/schemas/event/halt-reason.ts'
import type { MarkedObstacle } from '@forbruk/schemas/event/log-event.ts'

/** An intake that comes no further before a person has seen to it. */
type Halt = MarkedObstacle & { readonly source: string; readonly todo: string }

/** By source, as far as their marks are counted; a source that was retired halts nothing. */
export async function listHalts(store: Store, stream: string): Promise<Halt[]> {
  const sources = await readSources(store, stream)
  return sources
    .filter(({ retired }) => retired === null)
    .flatMap(({ source, obstacles }) =>
      obstacles.listed.flatMap(obstacle => {
        const todo = adviseOnHalt(obstacle.reason, source)
        return todo === null ? [] : [{ ...obstacle, source, todo }]
      }),
    )
}

/** `edge: nginx.lines (mostly_rejected since …): what to do`. Pure. */
export function describeHalt({ source, path, reason, sinceMs, todo }: Halt): string {
  return `the intake of ${source} is halted: ${path} (${reason} since ${new Date(sinceMs).toISOString()}): ${todo}`
}
