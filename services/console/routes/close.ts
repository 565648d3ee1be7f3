import { actorShape } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { approvedShape } from '@forbruk/schemas/statement/announcement.ts'
import { ACCEPTED_CAUSES, acceptedShape } from '@forbruk/schemas/statement/month-close.ts'
import { reasonShape } from '@forbruk/schemas/text/plain-text.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import {
  type AnnouncedMonth,
  type CloseAnswer,
  closedShape,
  monthAnnouncedShape,
  monthsShape,
  type Operations,
} from './operations.ts'
import { found, monthParameter } from './parameters.ts'
import {
  type Columns,
  chooseFormat,
  onePage,
  sendTable,
  TABLE_PROBLEMS,
  tableContent,
} from './table-format.ts'

const bodyShape = z.strictObject({
  dryRun: z.boolean().default(false).describe('does everything but record'),
  accept: z
    .array(acceptedShape)
    .max(ACCEPTED_CAUSES.length)
    .default([])
    .describe(
      'differences that a dry run showed and named: what a closed month may change through, beside late events',
    ),
  force: z
    .strictObject({ reason: reasonShape })
    .optional()
    .describe('closes although the month is incomplete; the reason stands on every statement'),
})

const approvalShape = z.strictObject({
  approve: approvedShape.describe('the newest that you have seen: a later one is not approved with it'),
  actor: actorShape.describe('who approves'),
})

const MONTH_COLUMNS: Columns<AnnouncedMonth> = [
  ['month', 'text', each => each.month],
  ['revision', 'count', each => BigInt(each.revision)],
  ['is_latest', 'text', each => String(each.isLatest)],
  ['closed_at', 'text', each => each.closedAt],
  ['statements', 'count', each => BigInt(each.statements)],
  ['payable_nok', 'text', each => each.payableNok],
  ['proposed_nok', 'text', each => each.proposedNok],
  ['forced_reason', 'text', each => each.forcedReason],
  ['announcement', 'text', each => each.announcement],
  ['approved_by', 'text', each => each.approvedBy],
  ['content_hash', 'text', each => each.contentHash],
]

export function addCloseRoutes(app: ConsoleServer, operations: Operations): void {
  const { closeMonth, listMonths } = operations
  addAnnounce(app, operations)
  app.get(
    '/v1/months',
    {
      config: { access: { role: 'reader', isScoped: true } },
      schema: {
        summary: 'Every revision of every closed month',
        response: {
          200: { description: 'The revisions', content: tableContent(monthsShape) },
          ...TABLE_PROBLEMS,
        },
      },
    },
    async ({ headers, caller }, reply) => {
      const format = chooseFormat(headers.accept)
      const months = await listMonths(caller.scope)
      return format === 'json' ? { months } : sendTable(reply, format, MONTH_COLUMNS, onePage(months))
    },
  )
  app.post(
    '/v1/months/:month/close',
    {
      config: { access: { role: 'closer', act: 'close_month' } },
      schema: {
        summary: 'Close a month, or close it again',
        params: z.strictObject({ month: monthParameter }),
        body: bodyShape,
        response: { 200: closedShape, 400: problemShape, 409: problemShape },
      },
    },
    async request => {
      const period = parseBillingPeriod(request.params.month)
      const { dryRun, accept, force } = request.body
      const answer = await closeMonth(period, { dryRun, accept, forceReason: force?.reason ?? null })
      return orRefuse(period.month, answer)
    },
  )
}

function addAnnounce(app: ConsoleServer, { announceMonth }: Operations): void {
  app.post(
    '/v1/months/:month/announce',
    {
      config: { access: { role: 'closer', act: 'announce_statements' } },
      schema: {
        summary: "Approve a month's statements that wait for it, and announce them",
        params: z.strictObject({ month: monthParameter }),
        body: approvalShape,
        response: { 200: monthAnnouncedShape, 400: problemShape, 404: problemShape, 409: problemShape },
      },
    },
    async ({ params, body }) => {
      const period = parseBillingPeriod(params.month)
      const answer = await announceMonth(period, body)
      if (answer?.kind === 'refused') {
        throw new ProblemError({ kind: 'approval_refused', status: 409, detail: answer.detail })
      }
      return found(answer, `${period.month} is not closed`).announced
    },
  )
}

function orRefuse(month: string, answer: CloseAnswer) {
  switch (answer.kind) {
    case 'closed':
      return answer.closed
    case 'refused':
      throw new ProblemError({
        kind: 'month_incomplete',
        status: 409,
        detail: `${month} is not closed: ${answer.missing.map(each => each.detail).join('; ')}`,
        more: { month, missing: answer.missing, estimate: answer.estimate },
      })
    case 'unaccepted':
      throw new ProblemError({
        kind: 'change_unaccepted',
        status: 409,
        detail: `${month} is not closed: ${answer.detail}`,
        more: { month, revision: answer.revision, unaccepted: answer.unaccepted },
      })
    case 'busy':
      throw new ProblemError({
        kind: 'close_running',
        status: 409,
        detail: `${answer.month} is being closed here now; ask again when that is done`,
        more: { month: answer.month },
      })
  }
}
