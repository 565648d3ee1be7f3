import type { LedgerBlock } from '@forbruk/infra/store/tables/block-ledger.ts'
import { joinHash } from './hash-identity.ts'

const HOUR_MS = 3_600_000
const ROWS_FIRST = 256
/** Of a row: its hour, both halves of its hash and of its offset, and its index, as words of 32 bits. */
const ROW_WORDS = 6
const WORD = 2 ** 32

type LedgerColumns = Pick<LedgerBlock, 'identities' | 'identitySum' | 'identityHoursMs'>

/** The ids and lines that a block admitted: those that are still to be written, and what all of them come to. */
export class IdentityTable {
  /** Of those that are still to be written. */
  size = 0
  #words = new Uint32Array(ROWS_FIRST * ROW_WORDS)
  #count = 0
  /** Modulo 2^64, in halves, since bigint arithmetic is slow. */
  #sumLow = 0
  #sumHigh = 0
  /** Since the epoch. */
  readonly #hours = new Set<number>()
  #newestHour = Number.NaN

  /** As the ledger has it, with nothing to be written. */
  static restore({ identities, identitySum, identityHoursMs }: LedgerColumns): IdentityTable {
    const restored = new IdentityTable()
    const sum = identitySum ?? 0n
    restored.#count = identities ?? 0
    restored.#sumLow = Number(BigInt.asUintN(32, sum))
    restored.#sumHigh = Number(sum >> 32n)
    for (const ms of identityHoursMs) restored.#hours.add(ms / HOUR_MS)
    return restored
  }

  /** @param hour since the epoch */
  add(hour: number, hashLow: number, hashHigh: number, offset: number, index: number): void {
    const low = hashLow >>> 0
    const high = hashHigh >>> 0
    const word = this.size * ROW_WORDS
    if (word === this.#words.length) this.#grow()
    const words = this.#words
    words[word] = hour
    words[word + 1] = low
    words[word + 2] = high
    words[word + 3] = offset
    words[word + 4] = offset / WORD
    words[word + 5] = index
    this.size += 1
    this.#count += 1
    const sumLow = this.#sumLow + low
    this.#sumLow = sumLow >>> 0
    this.#sumHigh = (this.#sumHigh + high + (sumLow < WORD ? 0 : 1)) >>> 0
    if (hour === this.#newestHour) return
    this.#newestHour = hour
    this.#hours.add(hour)
  }

  toLedger(): LedgerColumns {
    const hours = [...this.#hours].sort((one, other) => one - other)
    return {
      identities: this.#count,
      identitySum: joinHash(this.#sumLow, this.#sumHigh),
      identityHoursMs: hours.map(hour => hour * HOUR_MS),
    }
  }

  /** Those that came since the last call. */
  take(): IdentityRows {
    const rows = new IdentityRows(this.#words, this.size)
    this.#words = new Uint32Array(ROWS_FIRST * ROW_WORDS)
    this.size = 0
    return rows
  }

  #grow(): void {
    const larger = new Uint32Array(this.#words.length * 2)
    larger.set(this.#words)
    this.#words = larger
  }
}

/** Each an identity's hour since the epoch, the halves of its hash, and where it stands. */
export class IdentityRows {
  readonly size: number
  readonly #words: Uint32Array

  constructor(words: Uint32Array, size: number) {
    this.#words = words
    this.size = size
  }

  at(row: number) {
    const words = this.#words
    const word = row * ROW_WORDS
    return {
      hour: words[word] ?? 0,
      hashLow: words[word + 1] ?? 0,
      hashHigh: words[word + 2] ?? 0,
      offset: (words[word + 3] ?? 0) + (words[word + 4] ?? 0) * WORD,
      index: words[word + 5] ?? 0,
    }
  }
}
