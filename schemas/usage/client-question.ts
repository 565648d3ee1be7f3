import { z } from 'zod'

/** By what a list of clients can be ordered: `share` is the larger one of the two allowances. */
export const CLIENT_SORTS = [
  'client',
  'name',
  'payer',
  'requests',
  'bytes',
  'meteredRequests',
  'meteredBytes',
  'share',
] as const
export type ClientSort = (typeof CLIENT_SORTS)[number]

/**
 * How a client stands to its allowances, by the worse one: `over` has used more, `heading` is forecast to, `near` has
 * used 80 % or more.
 */
export const STANDINGS = ['over', 'heading', 'near', 'within'] as const
type Standing = (typeof STANDINGS)[number]
export const NEAR_PERCENT = 80

/** The row of a client in its list, as far as it tells where the page ended. */
export type ClientPlace = { readonly key: string; readonly clientId: string }

export type ClientQuestion = {
  /** Part of an id or a name, in whatever case; empty: whoever. */
  readonly search: string
  /** None: however it stands. */
  readonly standings: readonly Standing[]
  /** Only this client; null: whoever. */
  readonly clientId: string | null
  readonly sort: ClientSort
  readonly isDescending: boolean
  /** The last row of the page before. */
  readonly after: ClientPlace | null
  readonly rowsMax: number
}

export type Amounts = { readonly requests: bigint; readonly bytes: bigint }

/** What a client did in a month, and how that stands to its allowances. */
export type ClientMonth = {
  readonly clientId: string
  /** Null where the registry of the month doesn't know the client: then it has no payer either. */
  readonly name: string | null
  readonly partnerId: string | null
  readonly payerId: string | null
  /** Null also where who asks may not see the payer. */
  readonly payerName: string | null
  readonly requests: bigint
  readonly requestBytes: bigint
  readonly responseBytes: bigint
  /** Null without a registry and a tariff for the month: what counts can't be told. */
  readonly metered: Amounts | null
  /** Null where nothing is forecast. */
  readonly forecast: Amounts | null
  /** Local dates on which more than the allowance is, or is forecast to be, used. */
  readonly crossings: { readonly requests: Crossing | null; readonly bytes: Crossing | null }
  readonly standing: Standing | null
  /** For each day of `days`, in its order. */
  readonly requestsByDay: readonly bigint[]
  readonly bytesByDay: readonly bigint[]
  readonly meteredRequestsByDay: readonly bigint[]
  readonly meteredBytesByDay: readonly bigint[]
  readonly place: ClientPlace
}

export type Crossing = { readonly day: string; readonly isForecast: boolean }

/** By how each stands, of all that were asked for and not only of the page. */
export type ClientTotals = { readonly clients: number } & Readonly<Record<Standing, number>>

const count = z.string().describe('a whole number as text, since it may pass 2^53')
const amountsShape = z.object({ requests: count, bytes: count })
const crossingShape = z
  .object({
    day: z.string().describe("of the tariff's time zone"),
    isForecast: z.boolean().describe('false: it has happened'),
  })
  .nullable()

/** The same for callers. */
export const clientMonthShape = z.object({
  clientId: z.string(),
  name: z.string().nullable().describe('null where the registry of the month does not know the client'),
  partnerId: z.string().nullable(),
  payerId: z.string().nullable(),
  payerName: z.string().nullable(),
  requests: count.describe('all that were counted'),
  requestBytes: count,
  responseBytes: count,
  metered: amountsShape
    .nullable()
    .describe('what counts against the allowances; null where no registry or no tariff holds for the month'),
  percent: z
    .object({ requests: z.string().nullable(), bytes: z.string().nullable() })
    .nullable()
    .describe('of each allowance, to one decimal, rounded down; null where nothing is included'),
  forecast: amountsShape
    .nullable()
    .describe(
      'what the month comes to if its rest is as the last seven days were; never certain, and null in its first ' +
        'three days and once it is over',
    ),
  crossings: z.object({ requests: crossingShape, bytes: crossingShape }),
  standing: z.enum(STANDINGS).nullable(),
  requestsByDay: z.array(count).readonly().describe("one for each of the answer's days"),
  bytesByDay: z.array(count).readonly(),
  meteredRequestsByDay: z.array(count).readonly(),
  meteredBytesByDay: z.array(count).readonly(),
})
