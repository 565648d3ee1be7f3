import type { AnnouncedClose, Approver, Closer } from '@forbruk/close/close-and-announce.ts'
import { addStep } from '@forbruk/close/dialogue/add-step.ts'
import { CaseIdError } from '@forbruk/close/dialogue/case-id.ts'
import { listCases } from '@forbruk/close/dialogue/list-cases.ts'
import { readCase } from '@forbruk/close/dialogue/read-dialogues.ts'
import { CaseRefusedError, CaseUnknownError } from '@forbruk/close/dialogue/refusal.ts'
import { CloseRefusedError, describeRefusal, type UnacceptedChange } from '@forbruk/close/gate/refusal.ts'
import { toCompared } from '@forbruk/close/reconcile/judge-reconciliation.ts'
import {
  importUpload,
  RegistryFaultsError,
  type RegistryImport,
} from '@forbruk/close/registry/import-registry.ts'
import { UploadTooLargeError } from '@forbruk/close/registry/read-apart.ts'
import { UploadMalformedError } from '@forbruk/close/registry/read-members.ts'
import { listPayerChanges } from '@forbruk/close/revision/list-payer-changes.ts'
import { CloseRunningError } from '@forbruk/close/schedule/one-at-a-time.ts'
import { ApprovalRefusedError } from '@forbruk/close/statements/approve.ts'
import { exportTableUpTo } from '@forbruk/close/statements/export-table.ts'
import { findRevision } from '@forbruk/close/statements/find-revision.ts'
import { findRevisionInScope } from '@forbruk/close/statements/find-revision-in-scope.ts'
import { isPayerInScope, listPayers } from '@forbruk/close/statements/list-payers.ts'
import { renderStatement } from '@forbruk/close/statements/page/render-statement.ts'
import { readPayerStatements } from '@forbruk/close/statements/read-payer-statements.ts'
import type {
  CaseAnswer,
  CloseAnswer,
  MonthAnnounced,
  Operations,
  RegistryAnswer,
} from '@forbruk/console/routes/operations.ts'
import { checkStore } from '@forbruk/infra/store/check-store.ts'
import { findAnswer, keepAnswer } from '@forbruk/infra/store/keep-answer.ts'
import { listHalts } from '@forbruk/intake/list-halts.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import type { DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Seller } from '@forbruk/schemas/seller/read-seller.ts'
import { listMonths } from './list-months.ts'
import { createReads } from './read-operations.ts'
import type { ReadParts } from './read-parts.ts'
import { toStandstill } from './read-status.ts'
import { createRejectedOperations } from './rejected-operations.ts'
import { createReplayOperations } from './replay-operations.ts'
import { createRuleOperations } from './rule-operations.ts'
import { createUsageOperations } from './usage-operations.ts'

type OperationParts = ReadParts & {
  readonly close: Closer
  readonly approve: Approver
  /** Of the tariff. */
  readonly timeZone: string
  /** Null where nobody is named who invoices. */
  readonly seller: Seller | null
}

/** What the console does, as the services have it. */
export function createConsoleOperations(parts: OperationParts): Operations {
  const { store, stream, close, approve, statementsTopic, readWaiting, timeZone, seller, clock } = parts
  let isImporting = false
  const findSeen = (scope: Scope, { month }: BillingPeriod, revision: number | null) =>
    findRevisionInScope(store, { scope, month, revision, topic: statementsTopic })
  const readStatement: Operations['readStatement'] = async (scope, period, revision, payerId) => {
    const stated = await findSeen(scope, period, revision)
    if (stated === null || !(await isPayerInScope(store, stated, scope, payerId))) return null
    const payer = { first: payerId, last: payerId }
    const [statement] = await readPayerStatements(store, stated, payer, { timeZone, seller })
    return statement ?? null
  }
  return {
    ...createUsageOperations(parts),
    async closeMonth(period, { dryRun, accept, forceReason }) {
      const force = forceReason === null ? undefined : { reason: forceReason }
      return answerClose(close({ period, dryRun, accept, force }))
    },
    listMonths: scope => listMonths(store, scope, statementsTopic),
    announceMonth: ({ month }, { approve: approved, actor }) =>
      answerApproval(approve({ month, approved, actor })),
    async listPayers(scope, period, revision, page) {
      const stated = await findSeen(scope, period, revision)
      if (stated === null) return null
      const payers = await listPayers(store, stated, page, scope)
      return { revision: stated.revision, isLatest: stated.isLatest, payers }
    },
    readStatement,
    async renderStatement(scope, period, revision, payerId, language) {
      const statement = await readStatement(scope, period, revision, payerId)
      return statement === null ? null : renderStatement(statement, language)
    },
    async readProof(period, revision) {
      const stated = await findRevision(store, period.month, revision)
      return stated === null ? null : { month: period.month, revision: stated.revision, ...stated.proof }
    },
    async exportTable(scope, period, revision, table, format, rowsMax) {
      const stated = await findSeen(scope, period, revision)
      if (stated === null) return null
      return { file: await exportTableUpTo(rowsMax, store, stated, table, format, scope) }
    },
    async importRegistry(body) {
      if (isImporting) return { kind: 'busy' }
      isImporting = true
      const importing = importUpload({ store, body, timeZone, clock })
      return answerImport(importing).finally(() => {
        isImporting = false
      })
    },
    listCases: filter => listCases(store, clock(), filter),
    readCase: caseId => answerCase(readCase(store, caseId)),
    addCaseStep: ({ expectedSequence, ...step }) =>
      answerCase(addStep({ ...step, store, clock, follows: expectedSequence })),
    listWaiting: async () => (await readWaiting(clock())).waiting,
    ...createRuleOperations(parts),
    ...createRejectedOperations(parts),
    ...createReads(parts),
    ...createReplayOperations(parts),
    checkStore: () => checkStore(store),
    async findHalts() {
      const halts = await listHalts(store, stream)
      return halts.map(({ source, reason, path: topic, sinceMs, todo }) => {
        return { source, reason, topic, since: new Date(sinceMs).toISOString(), todo }
      })
    },
    findAnswer: key => findAnswer(store, key, clock()),
    keepAnswer: answer => keepAnswer(store, { ...answer, answeredAtMs: clock() }),
    findStandstills: () => parts.findStandstills().map(toStandstill),
  }
}

async function answerApproval(approving: ReturnType<Approver>): Promise<MonthAnnounced | null> {
  try {
    const announced = await approving
    return announced === null ? null : { kind: 'announced', announced }
  } catch (error) {
    if (error instanceof ApprovalRefusedError) return { kind: 'refused', detail: error.message }
    throw error
  }
}

async function answerImport(importing: Promise<RegistryImport>): Promise<RegistryAnswer> {
  try {
    return { kind: 'imported', imported: await importing }
  } catch (error) {
    if (error instanceof RegistryFaultsError) {
      return { kind: 'faulty', faults: error.faults, faultCount: error.faultCount }
    }
    if (error instanceof UploadMalformedError) return { kind: 'malformed', detail: error.message }
    if (error instanceof UploadTooLargeError) return { kind: 'too_large', detail: error.message }
    throw error
  }
}

async function answerClose(closing: Promise<AnnouncedClose>): Promise<CloseAnswer> {
  try {
    return { kind: 'closed', closed: toClosed(await closing) }
  } catch (error) {
    if (error instanceof CloseRunningError) return { kind: 'busy', month: error.month }
    if (!(error instanceof CloseRefusedError)) throw error
    const unaccepted = error.refusals.filter(refusal => refusal.kind === 'change_unaccepted')
    const [first] = unaccepted
    if (first !== undefined) {
      const detail = unaccepted.map(describeRefusal).join('; ')
      return {
        kind: 'unaccepted',
        detail,
        revision: first.revision,
        unaccepted: unaccepted.map(toUnaccepted),
      }
    }
    const missing = error.refusals.map(refusal => ({ kind: refusal.kind, detail: describeRefusal(refusal) }))
    return { kind: 'refused', missing, estimate: toEstimate(error) }
  }
}

/** The largest amounts: payers can be a hundred thousand. */
const PAYER_CHANGES_MAX = 100

function toUnaccepted({ cause, name, detail, lines, amountNok, payableNok, payers }: UnacceptedChange) {
  const largest = payers.slice(0, PAYER_CHANGES_MAX)
  return {
    cause,
    accept: name,
    detail,
    lines,
    amountNok,
    payableNok,
    payers: largest,
    payersTotal: payers.length,
  }
}

function toEstimate({ estimate }: CloseRefusedError) {
  if (estimate === null) return null
  const { notBeforeMs, basis } = estimate
  return { notBefore: notBeforeMs === null ? null : new Date(notBeforeMs).toISOString(), basis }
}

async function answerCase(asking: Promise<DialogueCase>): Promise<CaseAnswer> {
  try {
    return { kind: 'case', case: await asking }
  } catch (error) {
    if (error instanceof CaseUnknownError || error instanceof CaseIdError)
      return { kind: 'unknown', detail: error.message }
    if (error instanceof CaseRefusedError)
      return { kind: 'refused', detail: error.message, refusal: error.refusal }
    throw error
  }
}

/** Without the statements themselves, which can be a hundred thousand: they are asked for by month. */
function toClosed({ result, announced, waiting }: AnnouncedClose) {
  const { clients, statements, requests, bytes, payableNok, proposedNok } = result.summary
  const payerChanges = listPayerChanges(result.adjustments)
  return {
    month: result.month,
    outcome: result.outcome,
    revision: result.revision,
    previousRevision: result.previousRevision,
    contentHash: result.contentHash,
    clients,
    statements,
    requests,
    bytes,
    payableNok,
    proposedNok,
    changes: result.changes,
    payerChanges: payerChanges.slice(0, PAYER_CHANGES_MAX),
    payerChangesTotal: payerChanges.length,
    unaccepted: result.unaccepted,
    exceptions: result.exceptions,
    rejected: result.rejected,
    waivers: result.waivers,
    ruled: result.ruled,
    reconciled: result.reconciled.map(toCompared),
    forced: result.forced,
    announced,
    waiting,
  }
}
