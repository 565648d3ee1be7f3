import type { Store } from '@forbruk/infra/store/store.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { findRevision, type StatedRevision } from './find-revision.ts'
import { readAnnouncements } from './read-announcements.ts'

type AskedRevision = {
  readonly scope: Scope
  readonly month: string
  /** Null: the newest. */
  readonly revision: number | null
  /** That statements are announced on. */
  readonly topic: string
}

/**
 * A month's revision as somebody may see it. Who doesn't see everything sees what was announced, and takes the newest
 * of that for the newest: what waits for a person's approval was promised to nobody.
 */
export async function findRevisionInScope(
  store: Store,
  { scope, month, revision, topic }: AskedRevision,
): Promise<StatedRevision | null> {
  if (scope.kind === 'all') return findRevision(store, month, revision)
  const announced = (await readAnnouncements(store, topic, month))
    .filter(({ state }) => state === 'announced')
    .map(each => each.revision)
  const newest = announced.at(-1)
  const asked = revision ?? newest
  if (asked === undefined || !announced.includes(asked)) return null
  const stated = await findRevision(store, month, asked)
  return stated === null ? null : { ...stated, isLatest: asked === newest }
}
