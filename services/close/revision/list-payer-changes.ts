import type { PayerChange } from '@forbruk/schemas/statement/month-close.ts'
import type { StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import { Decimal } from 'decimal.js'
import { sumAmounts } from '../rating/price-lines.ts'

/** Pure: what each cause changes for each payer, the largest amounts first. */
export function listPayerChanges(adjustments: readonly StatementAdjustment[]): PayerChange[] {
  const parts = adjustments.flatMap(({ payerId, payerName, causes }) =>
    causes.map(({ cause, amountNok, payableNok }) => ({ payerId, payerName, cause, amountNok, payableNok })),
  )
  const byPayer = Map.groupBy(parts, ({ payerId, cause }) => JSON.stringify([payerId, cause]))
  return [...byPayer.values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return []
      const all = [first, ...others]
      const amountNok = sumAmounts(all.map(each => each.amountNok))
      return [{ ...first, amountNok, payableNok: sumAmounts(all.map(each => each.payableNok)) }]
    })
    .toSorted((a, b) => new Decimal(b.amountNok).abs().cmp(new Decimal(a.amountNok).abs()))
}
