import { hashOrigin, type KeptOrigin } from '@forbruk/aggregator/count/hash-identity.ts'
import type { IdentitySum } from '@forbruk/infra/ledger/recognition/identity-sums.ts'
import type {
  AlikeQuestion,
  HourAndHash,
  IdentityBlock,
  IdentityPlace,
  Offsets,
  Recognition,
} from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import {
  type RecognitionProgress,
  recognitionProgress,
} from '@forbruk/infra/store/tables/recognition-progress.ts'
import { type RepeatedRequest, repeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { BlockPlace, StoredRow } from './block-tables.ts'
import type { Random } from './random.ts'

/** So few bits that ids share their hash everywhere. */
const BITS = 4

export function hashWeakly(origin: KeptOrigin): bigint {
  return weaken(hashOrigin(origin))
}

function weaken(hash: bigint): bigint {
  return BigInt.asUintN(BITS, hash)
}

const IDENTITY_TABLES = ['request_identity', 'repeated_request', 'recognition_progress'] as const
export type IdentityTableName = (typeof IDENTITY_TABLES)[number]

export function isIdentityTable(table: string): table is IdentityTableName {
  return IDENTITY_TABLES.some(name => name === table)
}

type Ledger = {
  readonly partitions: readonly number[]
  ledgerOf(partition: number): readonly LedgerBlock[]
  isSettled(place: BlockPlace): boolean
}
/** As in verify-blocks.ts. */
const BLOCKS_VERIFIED = 4
/** `ends`: how far each partition was counted then. */
type Insert = {
  readonly table: IdentityTableName
  readonly rows: readonly StoredRow[]
  readonly ends: ReadonlyMap<number, number>
}

type StoredIdentity = IdentityPlace & { readonly wholeHash: bigint }

/** Where request ids stand, which of them are repeated, and up to where that is settled. Hashes are weak ones. */
export class SimulatedIdentities {
  readonly #ledger: Ledger
  #inserts: Insert[] = []
  readonly #identities = new Map<string, StoredIdentity>()
  readonly #repeated = new Map<string, RepeatedRequest>()
  #progress: RecognitionProgress | null = null

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** Answers the blocks that identities are of. */
  insert(table: IdentityTableName, rows: readonly StoredRow[]): BlockPlace[] {
    const ends = this.#ledger.partitions.map(partition => this.#endOf(partition))
    this.#inserts.push({ table, rows, ends: new Map(ends) })
    for (const row of rows) this.#apply(table, row)
    return table === 'request_identity' ? rows.flatMap(row => this.#placeOf(row)) : []
  }

  /** In a power loss, each table by itself: none older than what is verified of the ledger. */
  loseNewest(random: Random): BlockPlace[] {
    const lost: BlockPlace[] = []
    for (const table of ['request_identity', 'repeated_request'] as const) {
      for (let left = random.between(0, 6); left > 0; left--) {
        const newest = this.#inserts.findLast(insert => insert.table === table)
        if (newest === undefined || this.#isOld(newest)) break
        this.#inserts = this.#inserts.filter(insert => insert !== newest)
        if (table === 'request_identity') lost.push(...newest.rows.flatMap(row => this.#placeOf(row)))
      }
      this.#clear(table)
      for (const insert of this.#inserts)
        if (insert.table === table) for (const row of insert.rows) this.#apply(table, row)
    }
    return lost
  }

  #isOld({ table, rows, ends }: Insert): boolean {
    if (table === 'request_identity')
      return rows.some(row => this.#placeOf(row).some(place => this.#ledger.isSettled(place)))
    return this.#ledger.partitions.some(partition => {
      const newest = this.#ledger.ledgerOf(partition).at(-1)
      const verifiedFrom = (newest?.nextOffset ?? 0) - BLOCKS_VERIFIED * (newest?.blockSize ?? 0)
      return (ends.get(partition) ?? 0) <= verifiedFrom
    })
  }

  #endOf(partition: number): [number, number] {
    return [partition, this.#ledger.ledgerOf(partition).at(-1)?.nextOffset ?? 0]
  }

  /** The block that an identity stands in, if the ledger has it. */
  #placeOf(row: StoredRow): BlockPlace[] {
    const partition = Number(row.partition)
    const blocks = this.#ledger.ledgerOf(partition)
    const block = blocks.findLast(({ firstOffset }) => firstOffset <= Number(row.offset))
    return block === undefined ? [] : [{ partition, block: block.firstOffset }]
  }

  readSums(firstBlocks: ReadonlyMap<number, number>): IdentitySum[] {
    return [...firstBlocks].flatMap(([partition, firstBlock]) =>
      this.#ledger
        .ledgerOf(partition)
        .filter(({ block, identities }) => block >= firstBlock && (identities ?? 0) > 0)
        .map(({ block, nextOffset }) => ({ partition, block, ...this.#sum(partition, block, nextOffset) })),
    )
  }

  readBlocks(beyond: Offsets): IdentityBlock[] {
    const blocks = this.#ledger.partitions.flatMap(partition => this.#ledger.ledgerOf(partition))
    return blocks.filter(
      ({ partition, identities, nextOffset }) =>
        (identities ?? 0) > 0 && nextOffset > (beyond[partition] ?? 0),
    )
  }

  #clear(table: IdentityTableName): void {
    switch (table) {
      case 'request_identity':
        this.#identities.clear()
        break
      case 'repeated_request':
        this.#repeated.clear()
        break
      case 'recognition_progress':
        this.#progress = null
    }
  }

  #apply(table: IdentityTableName, row: StoredRow): void {
    switch (table) {
      case 'request_identity': {
        const identity = toIdentity(row)
        this.#identities.set(placeOf(identity), identity)
        break
      }
      case 'repeated_request': {
        const repeated = toRepeated(row)
        const held = this.#repeated.get(placeOf(repeated))
        if (held === undefined || repeated.isKnown || !held.isKnown)
          this.#repeated.set(placeOf(repeated), repeated)
        break
      }
      case 'recognition_progress': {
        const progress = progressShape.parse(row)
        if (this.#progress === null || progress.sequence >= this.#progress.sequence) this.#progress = progress
      }
    }
  }

  has(place: Pick<IdentityPlace, 'partition' | 'offset' | 'eventIndex'>): boolean {
    return this.#identities.has(placeOf(place))
  }

  get repeated(): readonly RepeatedRequest[] {
    return [...this.#repeated.values()]
  }

  #sum(partition: number, fromOffset: number, toOffset: number): { identities: number; identitySum: bigint } {
    const within = [...this.#identities.values()].filter(
      identity =>
        identity.partition === partition && identity.offset >= fromOffset && identity.offset < toOffset,
    )
    const sum = within.reduce((total, { wholeHash }) => total + wholeHash, 0n)
    return { identities: within.length, identitySum: BigInt.asUintN(64, sum) }
  }

  readRecognition(): Recognition {
    if (this.#progress === null) return { sequence: 0, nextOffsets: [], isWhole: true }
    const { sequence, nextOffsets, repeated } = this.#progress
    return { sequence, nextOffsets, isWhole: repeated <= this.countRepeated() }
  }

  /** As whoever reads usage takes it. */
  get recognised(): Offsets {
    const { nextOffsets, isWhole } = this.readRecognition()
    return isWhole ? nextOffsets : []
  }

  countRepeated(): bigint {
    return BigInt(this.#repeated.size)
  }

  readAlike({ hoursMs, after, from, to, hashesMax }: AlikeQuestion): IdentityPlace[] {
    const below = [...this.#identities.values()].filter(
      ({ partition, offset, hourMs }) => hoursMs.includes(hourMs) && offset < (to[partition] ?? 0),
    )
    const alike = [...Map.groupBy(below, identity => `${identity.hourMs} ${identity.idHash}`).values()]
      .filter(group => group.length > 1)
      .filter(group => group.some(({ partition, offset }) => offset >= (from[partition] ?? 0)))
      .filter(([first]) => first !== undefined && (after === null || compare(first, after) > 0))
    return alike
      .sort(([one], [other]) => (one === undefined || other === undefined ? 0 : compare(one, other)))
      .slice(0, hashesMax)
      .flat()
      .map(({ wholeHash: _, ...place }) => place)
  }

  readRepeated(first: HourAndHash, last: HourAndHash): RepeatedRequest[] {
    return this.repeated.filter(row => compare(row, first) >= 0 && compare(row, last) <= 0)
  }
}

function compare(one: HourAndHash, other: HourAndHash): number {
  return one.hourMs - other.hourMs || Number(one.idHash - other.idHash)
}

function placeOf({
  partition,
  offset,
  eventIndex,
}: Pick<IdentityPlace, 'partition' | 'offset' | 'eventIndex'>) {
  return `${partition}|${offset}|${eventIndex}`
}

function toIdentity(row: StoredRow): StoredIdentity {
  const wholeHash = BigInt(String(row.id_hash))
  return {
    hourMs: Number(row.hour) * 1_000,
    idHash: weaken(wholeHash),
    wholeHash,
    partition: Number(row.partition),
    offset: Number(row.offset),
    eventIndex: Number(row.event_index),
  }
}

const repeatedShape = select(repeatedRequest).shape
const progressShape = select(recognitionProgress).shape

/** Its hour is written as seconds, which ClickHouse prints as a time. */
export function toRepeated(row: StoredRow): RepeatedRequest {
  return repeatedShape.parse({ ...row, hour: new Date(Number(row.hour) * 1_000).toISOString() })
}
