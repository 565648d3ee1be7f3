import { readFilePositions } from '@forbruk/infra/ledger/sources/source-files.ts'
import type { ForeignTopic } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { fileOf, placeOf } from './place.ts'

type ForeignPlace = {
  readonly partition: number
  /** Below it all is taken in, and counted as far as the log is. */
  readonly nextOffset: number
  readonly endOffset: number
}

/** How far a shipper's topic is taken in, by what is counted of it, and how far it goes. */
export async function readForeignPlaces(
  store: Store,
  { stream, source }: { readonly stream: string; readonly source: string },
  foreign: Pick<ForeignTopic, 'topic' | 'partitionCount' | 'bounds'>,
): Promise<ForeignPlace[]> {
  const positions = await readFilePositions(store, stream, source)
  const places: ForeignPlace[] = []
  for (let partition = 0; partition < foreign.partitionCount; partition++) {
    const { startOffset, endOffset } = await foreign.bounds(partition)
    const position = positions.get(fileOf(foreign.topic, partition)) ?? -1
    const nextOffset = position < 0 ? startOffset : placeOf(position).offset
    places.push({ partition, nextOffset, endOffset })
  }
  return places
}
