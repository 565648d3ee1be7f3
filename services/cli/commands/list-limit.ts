import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'

/** How many rows a list shows at most. */
export const LIST_LIMIT = wholeNumberShape(1, 100_000)
