import type { LineUnit } from '@forbruk/schemas/statement/statement.ts'
import { formatDecimal, NO_BREAK_SPACE } from './format-figures.ts'
import type { Texts } from './texts.ts'

/** `12 187 forespørsler`. */
export function describeQuantity(quantity: string, unit: LineUnit, { units, language }: Texts): string {
  const [one, many] = units[unit]
  const figure = formatDecimal(quantity, language)
  return `${figure}${NO_BREAK_SPACE}${/^1([,.]0*)?$/.test(figure) ? one : many}`
}
