import { z } from 'zod'
import { LINE_ITEMS, LINE_STATUSES, LINE_UNITS } from '../rating/statement.ts'

/** What every reader of `statement_line` takes of a row; quantities and money as decimal text. */
export const lineColumns = {
  client_id: z.string(),
  item: z.enum(LINE_ITEMS),
  integration_id: z.string(),
  detail: z.string(),
  quantity: z.string(),
  unit: z.enum(LINE_UNITS),
  unit_price_nok: z.string(),
  amount_nok: z.string(),
  status: z.enum(LINE_STATUSES),
}
