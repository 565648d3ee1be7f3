import type { Amounts, ClientMonth, clientMonthShape } from '@forbruk/schemas/usage/client-question.ts'
import { z } from 'zod'

export const countText = z.string().describe('a whole number as text, since it may pass 2^53')

/** What the figures of a month's clients are of, and what they are judged by. */
export const monthFactsShape = z.object({
  month: z.string(),
  timeZone: z.string(),
  from: z.string().describe('the first instant, ISO 8601 in UTC'),
  to: z.string().describe('the instant after the last'),
  asOf: z.string().describe('when this was answered, which a forecast goes on from'),
  days: z.array(z.string()).readonly().describe('the local dates of the month'),
  allowance: z
    .object({ requests: countText, bytes: countText })
    .nullable()
    .describe('included for each client; null without a tariff for the month'),
  tariffValidFrom: z.string().nullable(),
  registry: z
    .object({ sequence: z.int(), importId: z.string() })
    .nullable()
    .describe('the import that holds for the month; told to those who see every client'),
})
export type MonthFacts = z.input<typeof monthFactsShape>

export type ClientsFound = { readonly facts: MonthFacts; readonly clients: readonly ClientMonth[] }

/** How a client is answered: its figures as text, and shares of what is included. */
export function toClientBody(
  client: ClientMonth,
  { allowance }: Pick<MonthFacts, 'allowance'>,
): z.input<typeof clientMonthShape> {
  const { place: _, metered, forecast, ...rest } = client
  const included = allowance && { requests: BigInt(allowance.requests), bytes: BigInt(allowance.bytes) }
  return {
    ...rest,
    requests: String(client.requests),
    requestBytes: String(client.requestBytes),
    responseBytes: String(client.responseBytes),
    metered: spell(metered),
    percent:
      metered === null || included === null
        ? null
        : {
            requests: toPercent(metered.requests, included.requests),
            bytes: toPercent(metered.bytes, included.bytes),
          },
    forecast: spell(forecast),
    requestsByDay: client.requestsByDay.map(String),
    bytesByDay: client.bytesByDay.map(String),
    meteredRequestsByDay: client.meteredRequestsByDay.map(String),
    meteredBytesByDay: client.meteredBytesByDay.map(String),
  }
}

function spell(amounts: Amounts | null) {
  return amounts && { requests: String(amounts.requests), bytes: String(amounts.bytes) }
}

/** To one decimal, rounded down, so that 100.0 is never shown of less. Null of nothing. */
function toPercent(used: bigint, included: bigint): string | null {
  if (included === 0n) return null
  const thousandths = (used * 1_000n) / included
  return `${thousandths / 10n}.${thousandths % 10n}`
}
