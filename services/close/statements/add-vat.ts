import type { SellerVat } from '@forbruk/schemas/seller/read-seller.ts'
import type { DecimalText } from '@forbruk/schemas/statement/statement.ts'
import { Exact, sumAmounts } from '../rating/price-lines.ts'

type WithVat = {
  /** Exclusive of VAT. */
  readonly netNok: DecimalText
  readonly vatNok: DecimalText
  readonly grossNok: DecimalText
}

/** Pure: VAT is of the sum and not of each line, rounded to øre once (BR-CO-14 to 17); all lines have one category. */
export function addVat(netNok: DecimalText, vat: SellerVat): WithVat {
  const vatNok = new Exact(netNok).times(percentOf(vat)).div(100).toFixed(2)
  return { netNok, vatNok, grossNok: sumAmounts([netNok, vatNok]) }
}

/** Nothing where nothing is due. */
export function percentOf(vat: SellerVat): DecimalText {
  return vat.category === 'S' ? vat.percent : '0'
}
