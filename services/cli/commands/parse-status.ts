import { answeredShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { parseShape } from './parse-shape.ts'

/** Repeated for several. */
export function parseStatus(text: string, before: number[] = []): number[] {
  return [...before, parseShape(answeredShape)(/^\d+$/.test(text) ? Number(text) : text)]
}
