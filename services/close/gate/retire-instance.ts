import type { SourceInstance } from '@forbruk/infra/ledger/sources/source-instances.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { instanceRetirement } from '@forbruk/infra/store/tables/instance-retirement.ts'
import { findSource, UnknownSourceError } from './find-source.ts'

type RetireOptions = {
  readonly store: Store
  readonly stream: string
  readonly source: string
  /** As the source's marks name it, or those that stand for several. */
  readonly instance: string
  readonly reason: string
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/**
 * Records that a shipper of a source will ship no more, and that a person has seen to what is missing of it: the source
 * doesn't wait for it then. What was seen of a copy of its progress is settled too. Should it be heard again, it stands
 * again. Throws UnknownSourceError.
 */
export async function retireInstance(options: RetireOptions): Promise<SourceInstance> {
  const { store, stream, source, instance, reason, actor, clock } = options
  const { instances } = await findSource(store, stream, source)
  const known = instances.find(each => each.instance === instance)
  if (known === undefined) throw unknownInstance(source, instance, instances)
  await insertRetirements(store, { stream, source, reason, actor, retiredAtMs: clock() }, [known])
  return known
}

type Word = Pick<RetireOptions, 'stream' | 'source' | 'reason' | 'actor'> & { readonly retiredAtMs: number }

/** It covers what was heard of them by now. */
export async function insertRetirements(
  store: Store,
  word: Word,
  instances: readonly SourceInstance[],
): Promise<void> {
  await insertValues(
    store,
    instanceRetirement,
    instances.map(({ instance, throughMs, sequence, copies }) => ({
      ...word,
      ...{ instance, throughMs, sequence, copies },
    })),
  )
}

function unknownInstance(source: string, instance: string, known: readonly SourceInstance[]) {
  const named = known.map(each => each.instance).join(', ') || 'none that says who it is'
  return new UnknownSourceError(
    `the source ${JSON.stringify(source)} has no shipper ${JSON.stringify(instance)}; it has ${named}`,
  )
}
