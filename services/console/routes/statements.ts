import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import {
  EXPORT_FORMATS,
  EXPORT_TABLES,
  type ExportFormat,
  exportedFileName,
} from '@forbruk/schemas/statement/export.ts'
import { LANGUAGES } from '@forbruk/schemas/statement/language.ts'
import { type PayerSummary, payerStatementShape } from '@forbruk/schemas/statement/payer-statement.ts'
import { plainShape } from '@forbruk/schemas/text/plain-text.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { type Operations, payerListShape, proofShape } from './operations.ts'
import { found, monthParameter, name, revisionQuery } from './parameters.ts'
import {
  type Columns,
  chooseFormat,
  eachPage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

const PAYERS_MAX = 1_000
const FILE_PAGE_ROWS = 20_000

const PAYER_COLUMNS: Columns<PayerSummary> = [
  ['payer_id', 'text', each => each.payerId],
  ['payer_name', 'text', each => each.payerName],
  ['clients', 'count', each => BigInt(each.clients)],
  ['amount_nok', 'text', each => each.amountNok],
  ['payable_nok', 'text', each => each.payableNok],
  ['proposed_nok', 'text', each => each.proposedNok],
  ['adjustments_payable_nok', 'text', each => each.adjustmentsPayableNok],
]

const monthParameters = z.strictObject({ month: monthParameter })
const payerParameters = z.strictObject({ month: monthParameter, payer: plainShape(256) })
const revisionParameters = z.strictObject({ revision: revisionQuery })
const renderParameters = revisionParameters.extend({
  language: z.enum(LANGUAGES).default('nb').describe('Norwegian (bokmål) or English'),
})
const pageParameters = revisionParameters.extend({
  after: name.default('').describe('the `next` of the page before'),
  limit: wholeNumberShape(1, PAYERS_MAX).default(200),
})
const exportParameters = revisionParameters.extend({
  table: z.enum(EXPORT_TABLES).default('statement_lines'),
  format: z.enum(EXPORT_FORMATS).default('csv'),
})

/** Some hundreds of megabytes at most, which are held until they are sent. */
const EXPORT_ROWS_MAX = 1_000_000

const EXPORT_TOO_LARGE = {
  kind: 'question_unclear',
  status: 422,
  detail:
    `the file would have more than ${EXPORT_ROWS_MAX} rows, which are not sent at once; ` +
    'expected «forbruk statements export» where Forbruk runs',
} as const

const CONTENT_TYPE = {
  csv: 'text/csv; charset=utf-8; header=present',
  'csv-excel': 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
} as const satisfies Record<ExportFormat, string>

/** By media type, without its parameters. */
const EXPORTED = {
  'text/csv': { schema: z.string() },
  'application/json': { schema: z.unknown().meta({ type: 'array', items: { type: 'object' } }) },
  'application/vnd.apache.parquet': { schema: z.string().meta({ format: 'binary' }) },
}

export function addStatementRoutes(app: ConsoleServer, operations: Operations): void {
  addList(app, operations)
  addStatement(app, operations)
  addProof(app, operations)
  addExport(app, operations)
}

function addList(app: ConsoleServer, { listPayers }: Operations): void {
  app.get(
    '/v1/months/:month/statements',
    {
      config: { access: { role: 'reader', isScoped: true } },
      schema: {
        summary: "The payers of a month's statements",
        params: monthParameters,
        querystring: pageParameters,
        response: {
          200: {
            description: 'A page as JSON; as CSV or Parquet all of them, from `after` on',
            content: tableContent(payerListShape),
          },
          404: problemShape,
          ...TABLE_PROBLEMS,
        },
      },
    },
    async ({ params, query: { revision, after, limit }, caller, headers }, reply) => {
      const period = parseBillingPeriod(params.month)
      const format = chooseFormat(headers.accept)
      const read = async (page: { readonly after: string; readonly limit: number }) =>
        found(
          await listPayers(caller.scope, period, revision ?? null, page),
          notClosed(period.month, revision),
        )
      if (format !== 'json') {
        const pages = eachPage<PayerSummary>(FILE_PAGE_ROWS, async last => {
          return (await read({ after: last?.payerId ?? after, limit: FILE_PAGE_ROWS })).payers
        })
        return sendTable(reply, format, PAYER_COLUMNS, pages)
      }
      const { payers, ...stated } = await read({ after, limit })
      const last = payers.length < limit ? undefined : payers.at(-1)
      return { month: period.month, ...stated, payers, next: last?.payerId ?? null }
    },
  )
}

function addStatement(app: ConsoleServer, { readStatement, renderStatement }: Operations): void {
  const missing = (month: string, revision: number | undefined) =>
    `${notClosed(month, revision)}, or has no statement for this payer`
  app.get(
    '/v1/months/:month/statements/:payer',
    {
      config: { access: { role: 'reader', isScoped: true, reads: 'payer' } },
      schema: {
        summary: "A payer's statement",
        params: payerParameters,
        querystring: revisionParameters,
        response: { 200: payerStatementShape, 404: problemShape },
      },
    },
    async ({ params: { month, payer }, query: { revision }, caller }) => {
      const period = parseBillingPeriod(month)
      const statement = await readStatement(caller.scope, period, revision ?? null, payer)
      return found(statement, missing(month, revision))
    },
  )
  app.get(
    '/v1/months/:month/statements/:payer.html',
    {
      config: { access: { role: 'reader', isScoped: true, reads: 'payer' } },
      schema: {
        summary: "A payer's statement as a page to print",
        params: payerParameters,
        querystring: renderParameters,
        response: { 200: { description: 'The page', content: { 'text/html': { schema: z.string() } } } },
      },
    },
    async ({ params: { month, payer }, query: { revision, language }, caller }, reply) => {
      const period = parseBillingPeriod(month)
      const page = await renderStatement(caller.scope, period, revision ?? null, payer, language)
      return reply.type('text/html; charset=utf-8').send(found(page, missing(month, revision)))
    },
  )
}

function addProof(app: ConsoleServer, { readProof }: Operations): void {
  app.get(
    '/v1/months/:month/proof',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: "What a month's figures rest on; for the provider, since it tells of all its traffic",
        params: monthParameters,
        querystring: revisionParameters,
        response: { 200: proofShape, 404: problemShape },
      },
    },
    async ({ params, query: { revision } }) => {
      const period = parseBillingPeriod(params.month)
      return found(await readProof(period, revision ?? null), notClosed(period.month, revision))
    },
  )
}

function addExport(app: ConsoleServer, { exportTable }: Operations): void {
  app.get(
    '/v1/months/:month/export',
    {
      config: { access: { role: 'reader', isScoped: true, act: 'export_table' } },
      schema: {
        summary: "A month's statements, lines or adjustments as a file",
        params: monthParameters,
        querystring: exportParameters,
        response: { 200: { description: 'The file', content: EXPORTED }, 422: problemShape },
      },
    },
    async ({ params, query, caller }, reply) => {
      const period = parseBillingPeriod(params.month)
      const { revision, table, format } = query
      const { file } = found(
        await exportTable(caller.scope, period, revision ?? null, table, format, EXPORT_ROWS_MAX),
        notClosed(period.month, revision),
      )
      if (file === null) throw new ProblemError(EXPORT_TOO_LARGE)
      return reply
        .type(CONTENT_TYPE[format])
        .header(
          'content-disposition',
          `attachment; filename="${exportedFileName(table, period.month, format)}"`,
        )
        .send(file)
    },
  )
}

function notClosed(month: string, revision: number | undefined): string {
  return revision === undefined ? `${month} is not closed` : `${month} has no revision ${revision}`
}
