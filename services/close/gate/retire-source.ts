import { readSilentSources, readSources, type Source } from '@forbruk/infra/ledger/sources.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { sourceRetirement } from '@forbruk/infra/store/tables/source-retirement.ts'

/** The source can't be retired: there is none of that name. */
export class UnknownSourceError extends Error {
  override name = 'UnknownSourceError'
}

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
 * accepted as lost. An expectation of it ends as well. Should it ship further all the same, it is live again. Throws
 * UnknownSourceError.
 */
export async function retireSource({
  store,
  stream,
  source,
  reason,
  actor,
  clock,
}: RetireOptions): Promise<RetiredSource> {
  const sources = await readSources(store, stream)
  const silent = (await readSilentSources(store, stream)).map(each => ({
    ...each,
    throughMs: null,
    missing: 0,
  }))
  const known = [...sources, ...silent].find(each => each.source === source)
  if (known === undefined) {
    const names = [...sources, ...silent].map(each => each.source || '(gateway)').join(', ') || 'none'
    throw new UnknownSourceError(`${stream} has no source ${JSON.stringify(source)}; it has ${names}`)
  }
  const { throughMs, missing } = known
  const retirement = { stream, source, retiredAtMs: clock(), throughMs, missing, reason, actor }
  await insertValues(store, sourceRetirement, [retirement])
  return { source, throughMs, missing }
}
