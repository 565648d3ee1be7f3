import { readSettledUsage, type SettledUsage } from '@forbruk/infra/ledger/usage/settled-usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import { CloseRefusedError } from '../gate/refusal.ts'

/** The month's usage at one cut of the log, as far as the ledger vouches for it. Throws CloseRefusedError. */
export async function readUsage(
  store: Store,
  stream: string,
  month: string,
  range: PeriodRange,
): Promise<Extract<SettledUsage, { kind: 'settled' }>> {
  const reading = await readSettledUsage(store, stream, range)
  if (reading.kind === 'settled') return reading
  throw new CloseRefusedError(month, [{ kind: 'figures_unsettled', examples: reading.examples }])
}
