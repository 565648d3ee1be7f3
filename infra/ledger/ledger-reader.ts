import type { Store } from '../store/store.ts'
import type { AcceptedGap } from '../store/tables/accepted-gap.ts'
import type { LedgerBlock } from '../store/tables/block-ledger.ts'
import type { RepeatedRequest } from '../store/tables/repeated-request.ts'
import type { StoredStream } from '../store/tables/stream.ts'
import { type BlockSum, type Place, readNewestBlocks, readSumsFrom } from './blocks/blocks.ts'
import { readGaps } from './blocks/gaps.ts'
import { type Growth, readGrowths, readStandings, type Standing } from './blocks/progress.ts'
import { readStream } from './blocks/stream.ts'
import { type IdentitySum, readIdentitySums } from './recognition/identity-sums.ts'
import {
  type AlikeQuestion,
  countRepeated,
  type HourAndHash,
  type IdentityBlock,
  type IdentityPlace,
  type Offsets,
  type Recognition,
  readAlike,
  readIdentityBlocks,
  readRecognition,
  readRepeated,
} from './recognition/recognition.ts'
import { readSeenFiles, type SeenFile } from './sources/source-files.ts'

/** All that counting asks of the ledger: a port, so that the simulation can answer in the store's place. */
export interface LedgerReader {
  readStream(stream: string): Promise<StoredStream | null>
  readStandings(stream: string): Promise<ReadonlyMap<number, Standing>>
  readGrowths(stream: string): Promise<Growth[]>
  readNewestBlocks(place: Place, blocksMax: number): Promise<LedgerBlock[]>
  readSumsFrom(place: Place, firstBlock: number): Promise<BlockSum[]>
  /** Of the partition, in order. */
  readGaps(place: Place): Promise<AcceptedGap[]>
  readSeenFiles(place: Place, beforeBlock: number): Promise<SeenFile[]>
  readIdentitySums(stream: string, firstBlocks: ReadonlyMap<number, number>): Promise<IdentitySum[]>
  readRecognition(stream: string): Promise<Recognition>
  countRepeated(stream: string): Promise<bigint>
  readIdentityBlocks(stream: string, beyond: Offsets): Promise<IdentityBlock[]>
  readAlike(question: AlikeQuestion): Promise<IdentityPlace[]>
  readRepeated(stream: string, first: HourAndHash, last: HourAndHash): Promise<RepeatedRequest[]>
}

export function createLedgerReader(store: Store): LedgerReader {
  return {
    readStream: stream => readStream(store, stream),
    readStandings: stream => readStandings(store, stream),
    readGrowths: stream => readGrowths(store, stream),
    readNewestBlocks: (place, blocksMax) => readNewestBlocks(store, place, blocksMax),
    readSumsFrom: (place, firstBlock) => readSumsFrom(store, place, firstBlock),
    async readGaps({ stream, partition }) {
      const gaps = await readGaps(store, stream)
      return gaps.filter(gap => gap.partition === partition)
    },
    readSeenFiles: (place, beforeBlock) => readSeenFiles(store, place, beforeBlock),
    readIdentitySums: (stream, firstBlocks) => readIdentitySums(store, stream, firstBlocks),
    readRecognition: stream => readRecognition(store, stream),
    countRepeated: stream => countRepeated(store, stream),
    readIdentityBlocks: (stream, beyond) => readIdentityBlocks(store, stream, beyond),
    readAlike: question => readAlike(store, question),
    readRepeated: (stream, first, last) => readRepeated(store, stream, first, last),
  }
}
