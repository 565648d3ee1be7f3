import { answeredShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { parseShape } from './parse-shape.ts'

/** `401,403`. */
export function parseStatuses(text: string): number[] {
  return text
    .split(',')
    .map(each => parseShape(answeredShape)(/^\d+$/.test(each.trim()) ? Number(each) : each))
}
