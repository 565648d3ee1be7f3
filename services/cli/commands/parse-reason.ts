import { reasonShape } from '@forbruk/schemas/text/plain-text.ts'
import { parseShape } from './parse-shape.ts'

/** Text that is recorded for good: one line, not empty. */
export const parseReason = parseShape(reasonShape)
