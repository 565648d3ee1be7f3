import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { RepeatedRequest } from '@forbruk/infra/store/tables/repeated-request.ts'
import { type UsageRollupRow, usageRollup } from '@forbruk/infra/store/tables/usage-rollup.ts'

/** Months of Oslo begin at 22:00 and 23:00 UTC. */
const HOURS = [
  '2026-08-31T21:00Z',
  '2026-08-31T22:00Z',
  '2026-09-14T12:00Z',
  '2026-10-31T22:00Z',
  '2026-10-31T23:00Z',
]
const CLIENTS = ['adresseregister', 'fjordbank', 'skarvik']
const OFFSETS_PER_COUNT = 10

type Row = Omit<UsageRollupRow, 'lastOffset'>
type Written = { readonly rows: readonly Row[]; readonly lastOffset: number }
type Open = { readonly block: number; nextOffset: number; readonly rows: Map<string, Row> }

/** Rows of the rollup and of the ledger as an aggregator writes them: by the block protocol, and made up. */
export class BlockWriter {
  readonly #store: Store
  readonly #stream: string
  readonly #open = new Map<number, Open>()
  readonly #written = new Map<number, Written[]>()
  #repeats = 0

  readonly #firstBlock: number

  constructor(store: Store, stream: string, firstBlock = 0) {
    this.#store = store
    this.#stream = stream
    this.#firstBlock = firstBlock
  }

  openBlock(partition: number): number {
    return this.#at(partition).block
  }

  /** Requests by a seed, folded into the open block and written at once. */
  async count(partition: number, seed: number): Promise<void> {
    const open = this.#at(partition)
    for (let index = 0; index < 1 + (seed % 4); index++) this.#fold(partition, open, seed * 7 + index * 3)
    open.nextOffset += OFFSETS_PER_COUNT
    await this.#write(partition, open)
  }

  /** Another block begins, with something in it: only then is the one before known to be complete. */
  async complete(partition: number): Promise<void> {
    const { nextOffset: block } = this.#at(partition)
    this.#open.set(partition, { block, nextOffset: block, rows: new Map() })
    await this.count(partition, block)
  }

  /** What somebody wrote before comes once more, who was held up that long. */
  async writeLate(partition: number, seed: number): Promise<void> {
    const written = this.#written.get(partition) ?? []
    const late = seed === 0 ? written : written.slice(seed % (written.length + 1)).slice(0, 1)
    for (const each of late) await this.#insert(each)
  }

  /** One id that was counted twice in an hour. */
  repeat(partition: number, seed: number): RepeatedRequest[] {
    const rows = [...this.#at(partition).rows.values()]
    const row = rows[seed % Math.max(1, rows.length)]
    if (row === undefined) return []
    const { stream, hourMs, clientId, integrationId, statusClass } = row
    const id = this.#repeats++
    return [0, 1].map(at => ({
      ...{ stream, hourMs, partition, clientId, integrationId, statusClass, idHash: BigInt(id) },
      ...{ offset: at, eventIndex: 0, requestId: `id-${id}`, appendTimeMs: hourMs + at, source: 'gw1' },
      ...{ isKnown: true, requestBytes: 1, responseBytes: 1 },
    }))
  }

  #at(partition: number): Open {
    const open = this.#open.get(partition) ?? {
      block: this.#firstBlock,
      nextOffset: this.#firstBlock,
      rows: new Map(),
    }
    this.#open.set(partition, open)
    return open
  }

  #fold(partition: number, { block, rows }: Open, seed: number): void {
    const key = [seed % 3, seed % 5, seed % 2, seed % 7 === 0].join()
    const before = rows.get(key)
    rows.set(key, {
      clientId: CLIENTS[seed % 3] ?? '',
      hourMs: Date.parse(HOURS[seed % 5] ?? ''),
      integrationId: seed % 2 === 0 ? '' : 'shop',
      statusClass: seed % 7 === 0 ? '4xx' : '2xx',
      ...{ stream: this.#stream, partition, block },
      requests: (before?.requests ?? 0n) + 2n,
      requestBytes: (before?.requestBytes ?? 0n) + BigInt(100 + seed),
      responseBytes: (before?.responseBytes ?? 0n) + BigInt(1_000 + seed),
    })
  }

  async #write(partition: number, { block, nextOffset, rows: folded }: Open): Promise<void> {
    const rows = [...folded.values()]
    const written = { rows, lastOffset: nextOffset - 1 }
    this.#written.set(partition, [...(this.#written.get(partition) ?? []), written])
    await this.#insert(written)
    const sum = (of: 'requests' | 'requestBytes' | 'responseBytes') =>
      String(rows.reduce((total, row) => total + row[of], 0n))
    const hours = rows.map(row => row.hourMs / 1_000)
    await this.#store.insert('block_ledger', [
      {
        ...{ stream: this.#stream, partition, block, fold_version: 1, block_size: 1_000, window_size: 1 },
        ...{ first_offset: block, next_offset: nextOffset, records: 1, events: sum('requests') },
        ...{
          requests: sum('requests'),
          duplicates: 0,
          rejected: 0,
          marks: 0,
          request_ids: 0,
          fingerprint: 0,
        },
        ...{ request_bytes: sum('requestBytes'), response_bytes: sum('responseBytes') },
        ...{ first_hour: Math.min(...hours), last_hour: Math.max(...hours) },
      },
    ])
  }

  #insert({ rows, lastOffset }: Written): Promise<void> {
    return insertValues(
      this.#store,
      usageRollup,
      rows.map(row => ({ ...row, lastOffset })),
    )
  }
}
