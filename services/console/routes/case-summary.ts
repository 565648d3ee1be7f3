import { CASE_STATES, type CaseSummary, DECISIONS } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { z } from 'zod'

export const caseSummaryShape = z.looseObject({
  caseId: z.string(),
  clientId: z.string(),
  clientName: z.string(),
  state: z.enum(CASE_STATES),
  sequence: z.int(),
  months: z.array(z.string()),
  proposedNok: z.string(),
  decision: z.enum(DECISIONS).nullable(),
  payerName: z.string().nullable(),
  followUp: z.string().nullable(),
  openNok: z.string(),
  notOnStatement: z.array(z.string()),
  withoutOverage: z.array(z.string()),
})
export function toSummary({ months, notOnStatement, withoutOverage, ...rest }: CaseSummary) {
  return {
    ...rest,
    months: [...months],
    notOnStatement: [...notOnStatement],
    withoutOverage: [...withoutOverage],
  }
}
