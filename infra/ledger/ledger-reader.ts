import type { Store } from '../store/store.ts'
import type { AcceptedGap } from '../store/tables/accepted-gap.ts'
import type { LedgerBlock } from '../store/tables/block-ledger.ts'
import type { StoredStream } from '../store/tables/stream.ts'
import { type BlockSum, type Place, readNewestBlocks, readSumsFrom } from './blocks.ts'
import { readGaps } from './gaps.ts'
import { readStandings, type Standing } from './progress.ts'
import { readSeenFiles, type SeenFile } from './source-files.ts'
import { readStream } from './stream.ts'

/** All that counting asks of the ledger: a port, so that the simulation can answer in the store's place. */
export interface LedgerReader {
  readStream(stream: string): Promise<StoredStream | null>
  readStandings(stream: string): Promise<ReadonlyMap<number, Standing>>
  readNewestBlocks(place: Place, blocksMax: number): Promise<LedgerBlock[]>
  readSumsFrom(place: Place, firstBlock: number): Promise<BlockSum[]>
  /** Of the partition, in order. */
  readGaps(place: Place): Promise<AcceptedGap[]>
  readSeenFiles(place: Place, beforeBlock: number): Promise<SeenFile[]>
}

export function createLedgerReader(store: Store): LedgerReader {
  return {
    readStream: stream => readStream(store, stream),
    readStandings: stream => readStandings(store, stream),
    readNewestBlocks: (place, blocksMax) => readNewestBlocks(store, place, blocksMax),
    readSumsFrom: (place, firstBlock) => readSumsFrom(store, place, firstBlock),
    async readGaps({ stream, partition }) {
      const gaps = await readGaps(store, stream)
      return gaps.filter(gap => gap.partition === partition)
    },
    readSeenFiles: (place, beforeBlock) => readSeenFiles(store, place, beforeBlock),
  }
}
