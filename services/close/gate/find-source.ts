import { readKnownSources, type Source } from '@forbruk/infra/ledger/sources/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'

/** There is no source of that name. */
export class UnknownSourceError extends Error {
  override name = 'UnknownSourceError'
}

type FoundSource = Pick<Source, 'source' | 'throughMs' | 'missing' | 'events' | 'instances'>

/** A source that has sent something, or that somebody expects. Throws UnknownSourceError. */
export async function findSource(store: Store, stream: string, source: string): Promise<FoundSource> {
  const { shipped, silent } = await readKnownSources(store, stream)
  const all = [
    ...shipped,
    ...silent.map(each => ({ ...each, throughMs: null, missing: 0, events: 0, instances: [] })),
  ]
  const known = all.find(each => each.source === source)
  if (known !== undefined) return known
  const names = all.map(each => each.source || '(gateway)').join(', ') || 'none'
  throw new UnknownSourceError(`${stream} has no source ${JSON.stringify(source)}; it has ${names}`)
}
