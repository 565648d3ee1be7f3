import type { Scope } from '@forbruk/schemas/access/scope.ts'
import type { CaseSummary } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { INTEGRATION_KINDS } from '@forbruk/schemas/registry/registry.ts'
import { decimalShape } from '@forbruk/schemas/statement/statement.ts'
import { textUpTo } from '@forbruk/schemas/text/plain-text.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import {
  CLIENT_SORTS,
  type ClientMonth,
  type ClientPlace,
  type ClientQuestion,
  type ClientSort,
  type ClientTotals,
  clientMonthShape,
  STANDINGS,
} from '@forbruk/schemas/usage/client-question.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import { caseSummaryShape, toSummary } from './case-summary.ts'
import { CURSOR_CHARACTERS_MAX, readCursor, unclear, writeCursor } from './cursor.ts'
import {
  type ClientsFound,
  countText,
  type MonthFacts,
  monthFactsShape,
  toClientBody,
} from './month-facts.ts'
import { found, monthParameter, name, severalOf } from './parameters.ts'
import {
  type Columns,
  chooseFormat,
  eachPage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

const ROWS_MAX = 1_000

const month = monthParameter.optional().describe('this one, unless another is named')
const querystring = z.strictObject({
  month,
  search: textUpTo(200).default('').describe('part of an id or a name, in whatever case'),
  standing: severalOf(z.enum(STANDINGS)).describe(
    'over: more than an allowance is used; heading: that is forecast; near: 80 % or more is used; within: less',
  ),
  sort: z.enum(CLIENT_SORTS).default('client').describe('share: the larger one of the two allowances'),
  order: z.enum(['asc', 'desc']).default('asc'),
  after: z.string().max(CURSOR_CHARACTERS_MAX).optional().describe('the `next` of the page before'),
  limit: wholeNumberShape(1, ROWS_MAX).default(100),
})

const clientsShape = z.object({
  ...monthFactsShape.shape,
  totals: z
    .object({ clients: z.int(), over: z.int(), heading: z.int(), near: z.int(), within: z.int() })
    .describe('of all that were asked for, on this page or another'),
  clients: z.array(clientMonthShape).readonly(),
  next: z.string().nullable().describe('what to ask for next, as `after`; null at the end'),
})

const buyerField = z.string().optional()
const clientShape = z.object({
  ...monthFactsShape.shape,
  client: clientMonthShape,
  registered: z
    .object({
      clientId: z.string(),
      name: z.string(),
      partnerId: z.string().nullable(),
      collectiveInvoice: z.boolean(),
      isPartner: z.boolean(),
      buyer: z
        .object({
          organisationNumber: buyerField,
          electronicAddress: buyerField,
          buyerReference: buyerField,
          street: buyerField,
          postalCode: buyerField,
          city: buyerField,
          country: buyerField,
        })
        .nullable(),
      activations: z
        .array(
          z.object({
            integrationId: z.string(),
            name: z.string(),
            kind: z.enum(INTEGRATION_KINDS),
            activeFrom: z.string(),
            activeUntil: z.string().nullable().describe('the first day it is no longer active'),
          }),
        )
        .readonly(),
    })
    .nullable()
    .describe('as the registry of the month has it; null where it does not know the client'),
  cases: z.array(caseSummaryShape).readonly(),
  statements: z
    .array(
      z.object({
        month: z.string(),
        revision: z.int(),
        isLatest: z.boolean(),
        closedAt: z.string(),
        payerId: z.string(),
        payerName: z.string(),
        requests: countText,
        bytes: countText,
        meteredRequests: countText,
        meteredBytes: countText,
        amountNok: decimalShape,
        payableNok: decimalShape,
        proposedNok: decimalShape,
        contentHash: z.string(),
      }),
    )
    .readonly()
    .describe('what each revision of each closed month says of it, newest first'),
})

/** A period that is null is the running month. Each answers of the clients in the scope, and names no others. */
export type ClientReads = {
  readClients(
    scope: Scope,
    period: BillingPeriod | null,
    question: ClientQuestion,
  ): Promise<ClientsFound & { readonly totals: ClientTotals }>
  /** The same without days. */
  readClientSums(
    scope: Scope,
    period: BillingPeriod | null,
    question: ClientQuestion,
  ): Promise<readonly ClientSums[]>
  /**
   * Null: neither the registry of the month nor what was counted in it has the client, or it is out of the scope. Cases
   * are told to those who see everybody's, and else none.
   */
  readClient(scope: Scope, period: BillingPeriod | null, clientId: string): Promise<ClientFound | null>
}

type ClientFound = Pick<z.input<typeof clientShape>, 'registered' | 'statements'> & {
  readonly facts: MonthFacts
  readonly client: ClientMonth
  readonly cases: readonly CaseSummary[]
}

export function addClientRoutes(app: ConsoleServer, reads: ClientReads): void {
  addList(app, reads)
  app.get(
    '/v1/clients/:id',
    {
      config: { access: { role: 'reader', isScoped: true, reads: 'id' } },
      schema: {
        summary: 'A client: its month, the registry, its cases and statements',
        params: z.strictObject({ id: name.describe('percent-encoded') }),
        querystring: z.strictObject({ month }),
        response: { 200: clientShape, 404: problemShape },
      },
    },
    async ({ params, query, caller }) => {
      const period = query.month === undefined ? null : parseBillingPeriod(query.month)
      const unknown = 'no client of this id is in the registry of the month, or was counted in it'
      const { facts, client, registered, cases, statements } = found(
        await reads.readClient(caller.scope, period, params.id),
        unknown,
      )
      return {
        ...facts,
        client: toClientBody(client, facts),
        registered,
        cases: cases.map(toSummary),
        statements,
      }
    },
  )
}

function addList(
  app: ConsoleServer,
  { readClients, readClientSums }: Pick<ClientReads, 'readClients' | 'readClientSums'>,
): void {
  app.get(
    '/v1/clients',
    {
      config: { access: { role: 'reader', isScoped: true } },
      schema: {
        summary: 'The clients of a month, what each used, and how that stands to what is included',
        querystring,
        response: {
          200: {
            description:
              'A page as JSON; as CSV or Parquet all that were asked for, from `after` on, without their days',
            content: tableContent(clientsShape),
          },
          ...TABLE_PROBLEMS,
          422: problemShape,
        },
      },
    },
    async ({ query, headers, caller }, reply) => {
      const { search, standing, sort, order, limit } = query
      const period = query.month === undefined ? null : parseBillingPeriod(query.month)
      const question = {
        ...{ search, sort, standings: standing, isDescending: order === 'desc', clientId: null },
        after: query.after === undefined ? null : toPlace(query.after, sort, order),
      }
      const format = chooseFormat(headers.accept)
      if (format !== 'json') {
        const pages = eachPage<ClientSums>(FILE_PAGE_ROWS, last => {
          const after = last?.place ?? question.after
          return readClientSums(caller.scope, period, { ...question, after, rowsMax: FILE_PAGE_ROWS })
        })
        return sendTable(reply, format, COLUMNS, pages)
      }
      // One more tells whether there are more.
      const page = await readClients(caller.scope, period, { ...question, rowsMax: limit + 1 })
      const clients = page.clients.slice(0, limit)
      const last = page.clients.length > limit ? clients.at(-1)?.place : undefined
      return {
        ...page.facts,
        totals: page.totals,
        clients: clients.map(client => toClientBody(client, page.facts)),
        next: last === undefined ? null : writeCursor([sort, order, last.key, last.clientId]),
      }
    },
  )
}

/** So many of a file at a time: each page adds up the month anew, and is held. */
const FILE_PAGE_ROWS = 20_000

/** What a file has of a client. */
type ClientSums = Pick<
  ClientMonth,
  'clientId' | 'name' | 'partnerId' | 'payerId' | 'payerName' | 'requests' | 'requestBytes' | 'responseBytes'
> &
  Pick<ClientMonth, 'metered' | 'forecast' | 'standing' | 'place'>

const COLUMNS: Columns<ClientSums> = [
  ['client_id', 'text', each => each.clientId],
  ['name', 'text', each => each.name],
  ['partner_id', 'text', each => each.partnerId],
  ['payer_id', 'text', each => each.payerId],
  ['payer_name', 'text', each => each.payerName],
  ['requests', 'count', each => each.requests],
  ['request_bytes', 'count', each => each.requestBytes],
  ['response_bytes', 'count', each => each.responseBytes],
  ['metered_requests', 'count', each => each.metered?.requests ?? null],
  ['metered_bytes', 'count', each => each.metered?.bytes ?? null],
  ['forecast_requests', 'count', each => each.forecast?.requests ?? null],
  ['forecast_bytes', 'count', each => each.forecast?.bytes ?? null],
  ['standing', 'text', each => each.standing],
]

const TEXT_SORTS: ReadonlySet<ClientSort> = new Set(['client', 'name', 'payer'])
const keyShape = z.string().max(1_000)
const placeShape = z.tuple([z.enum(CLIENT_SORTS), z.enum(['asc', 'desc']), keyShape, name])

/** A page goes on in the order that it began with. */
function toPlace(after: string, sort: ClientSort, order: string): ClientPlace {
  const [sortBefore, orderBefore, key, clientId] = readCursor(after, placeShape)
  if (sortBefore !== sort || orderBefore !== order || (!TEXT_SORTS.has(sort) && !/^\d{1,38}$/.test(key)))
    throw unclear(`after is of a list in another order; expected one by ${sort}, ${order}`)
  return { key, clientId }
}
