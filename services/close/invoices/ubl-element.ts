import type { DecimalText } from '@forbruk/schemas/statement/statement.ts'

/** What stands in an element: elements by name, in order, attributes as `@name`, and the text as `#` beside those. */
export type UblElement = { readonly [name: string]: string | UblElement | readonly UblElement[] }

export function nok(amount: DecimalText): UblElement {
  return { '@currencyID': 'NOK', '#': amount }
}
