import { readKnownSources } from '@forbruk/infra/ledger/sources/sources.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { sourceExpectation } from '@forbruk/infra/store/tables/source-expectation.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'

type ExpectOptions = {
  readonly store: Store
  readonly stream: string
  readonly source: string
  /** The first month that waits for it; null: every one. */
  readonly from: BillingPeriod | null
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** Records that months wait for a source from now on, even if it never shipped. It ends an earlier retirement. */
export async function expectSource(options: ExpectOptions): Promise<{ readonly hasShipped: boolean }> {
  const { store, stream, source, from, actor, clock } = options
  const fromMonth = from?.month ?? null
  await insertValues(store, sourceExpectation, [{ stream, source, recordedAtMs: clock(), fromMonth, actor }])
  const { silent } = await readKnownSources(store, stream)
  return { hasShipped: silent.every(each => each.source !== source) }
}
