import { acceptedShape } from '@forbruk/schemas/statement/month-close.ts'
import { parseShape } from './parse-shape.ts'

const parseAccepted = parseShape(acceptedShape)

/** Differences by comma, such as `registry:0a1b2c3d4e5f,tariff:5f4e3d2c1b0a`. */
export function parseAccept(text: string): string[] {
  return text.split(',').map(each => parseAccepted(each.trim()))
}
