import type { Source } from '@forbruk/infra/ledger/sources/sources.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { sourceRetirement } from '@forbruk/infra/store/tables/source-retirement.ts'
import { findSource } from './find-source.ts'
import { insertRetirements } from './retire-instance.ts'

type RetireOptions = {
  readonly store: Store
  readonly stream: string
  readonly source: string
  readonly reason: string
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** How far it has shipped, and what is accepted as lost from now on. */
type RetiredSource = Pick<Source, 'source' | 'throughMs' | 'missing'>

/**
 * Records that a source will ship no more: a close doesn't wait for it then, and what is missing of it by now is
 * accepted as lost. An expectation of it ends as well. So does each of its shippers. Should one ship further all the
 * same, it is live again. Throws UnknownSourceError.
 */
export async function retireSource({
  store,
  stream,
  source,
  reason,
  actor,
  clock,
}: RetireOptions): Promise<RetiredSource> {
  const { instances } = await findSource(store, stream, source)
  const standing = instances.filter(({ retired }) => retired === null)
  await insertRetirements(store, { stream, source, reason, actor, retiredAtMs: clock() }, standing)
  // Through what it is complete rests on who stands: asked once none does.
  const { throughMs, missing, events } = await findSource(store, stream, source)
  const retirement = { stream, source, retiredAtMs: clock(), throughMs, missing, reason, actor, events }
  await insertValues(store, sourceRetirement, [retirement])
  return { source, throughMs, missing }
}
