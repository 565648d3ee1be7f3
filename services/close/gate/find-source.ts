import { readSilentSources, readSources, type Source } from '@forbruk/infra/ledger/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'

/** There is no source of that name. */
export class UnknownSourceError extends Error {
  override name = 'UnknownSourceError'
}

type FoundSource = Pick<Source, 'source' | 'throughMs' | 'missing' | 'events'>

/** A source that has sent something, or that somebody expects. Throws UnknownSourceError. */
export async function findSource(store: Store, stream: string, source: string): Promise<FoundSource> {
  const sources = await readSources(store, stream)
  const silent = (await readSilentSources(store, stream)).map(each => ({
    ...each,
    throughMs: null,
    missing: 0,
    events: 0,
  }))
  const known = [...sources, ...silent].find(each => each.source === source)
  if (known !== undefined) return known
  const names = [...sources, ...silent].map(each => each.source || '(gateway)').join(', ') || 'none'
  throw new UnknownSourceError(`${stream} has no source ${JSON.stringify(source)}; it has ${names}`)
}
