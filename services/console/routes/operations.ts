import type { Scope } from '@forbruk/schemas/access/scope.ts'
import type { CaseAction, CaseSummary, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { BillingPeriod, PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { RegistryFault } from '@forbruk/schemas/registry/registry.ts'
import type { Mends, Waiver } from '@forbruk/schemas/rejected/settle-events.ts'
import {
  type RuleEnd,
  ruledShape,
  type StandingRule,
  type WaiverRule,
} from '@forbruk/schemas/rejected/waiver-rule.ts'
import { ANNOUNCEMENT_STATES, approvedShape } from '@forbruk/schemas/statement/announcement.ts'
import type { ExportFormat, ExportTable } from '@forbruk/schemas/statement/export.ts'
import type { Language } from '@forbruk/schemas/statement/language.ts'
import {
  type Change,
  changeShape,
  closedMonthShape,
  closeExceptionShape,
  comparedShape,
  forcedShape,
  type PayerChange,
  payerChangeShape,
} from '@forbruk/schemas/statement/month-close.ts'
import { monthProofShape } from '@forbruk/schemas/statement/month-proof.ts'
import {
  type PayerStatement,
  type PayerSummary,
  payerSummaryShape,
} from '@forbruk/schemas/statement/payer-statement.ts'
import type { SplitUse, UsageQuestion } from '@forbruk/schemas/usage/usage-question.ts'
import type { Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { z } from 'zod'
import type { AnswerKeeping } from '../server/answer-once.ts'
import type { Reads } from './reads.ts'
import type { RejectedReplayOperations } from './rejected-replays.ts'
import type { ReplayOperations } from './replay.ts'
import type { SettledAnswer } from './settled-answer.ts'
import type { standstillShape } from './standstill.ts'

/**
 * What the console can do: whoever starts it passes these in. Each may throw StoreError or StoreUnavailableError. What
 * takes a scope answers of that alone, and of announced revisions alone where it isn't everything.
 */
export type Operations = Reads &
  ReplayOperations &
  RejectedReplayOperations &
  AnswerKeeping & {
    closeMonth(
      period: BillingPeriod,
      options: {
        readonly dryRun: boolean
        readonly accept: readonly string[]
        readonly forceReason: string | null
      },
    ): Promise<CloseAnswer>
    /** What was counted on some days, or in this month. Null: a client is named of which nothing may be seen. */
    readUsage(scope: Scope, days: Days | null, question: UsageQuestion): Promise<UsagePage | null>
    /** The same as a Parquet file, where it has no more rows than that. Null as well. */
    exportUsage(scope: Scope, days: Days | null, question: UsageQuestion): Promise<UsageFile | null>
    /** With what the statements in the scope come to. */
    listMonths(scope: Scope): Promise<readonly AnnouncedMonth[]>
    /** Approves what waits of a month, up to a revision, and announces it. Null: the month is not closed. */
    announceMonth(period: BillingPeriod, approval: MonthApproval): Promise<MonthAnnounced | null>
    /** Null: the month has no such revision. */
    listPayers(
      scope: Scope,
      period: BillingPeriod,
      revision: number | null,
      page: { readonly after: string; readonly limit: number },
    ): Promise<PayerList | null>
    /** Null: there is no such month, revision or payer in it. */
    readStatement(
      scope: Scope,
      period: BillingPeriod,
      revision: number | null,
      payerId: string,
    ): Promise<PayerStatement | null>
    /** The same as one page of HTML. */
    renderStatement(
      scope: Scope,
      period: BillingPeriod,
      revision: number | null,
      payerId: string,
      language: Language,
    ): Promise<string | null>
    /** Null: the month has no such revision. */
    readProof(period: BillingPeriod, revision: number | null): Promise<RevisionProof | null>
    /** Null: the month has no such revision. A file that is null would have more rows than that. */
    exportTable(
      scope: Scope,
      period: BillingPeriod,
      revision: number | null,
      table: ExportTable,
      format: ExportFormat,
      rowsMax: number,
    ): Promise<{ readonly file: Buffer | null } | null>
    /** One at a time. `body` is JSON; it is read, and checked, somewhere else than here. */
    importRegistry(body: AsyncIterable<Uint8Array>): Promise<RegistryAnswer>
    listCases(filter: CaseFilter): Promise<readonly CaseSummary[]>
    readCase(caseId: string): Promise<CaseAnswer>
    addCaseStep(step: NewCaseStep): Promise<CaseAnswer>
    /** Oldest months first. */
    listWaiting(): Promise<readonly Waiting[]>
    listRules(): Promise<readonly StandingRule[]>
    addRule(rule: WaiverRule): Promise<RuleAnswer>
    endRule(name: string, end: RuleEnd): Promise<RuleAnswer>
    /** In events. `left`: added up at the same time, and not waived. */
    waiveEvents(waiver: Waiver): Promise<SettledAnswer<Record<'waived' | 'before' | 'left', number>>>
    mendEvents(mends: Mends): Promise<SettledAnswer<{ readonly sent: number; readonly before: number }>>
    /** Rejects when the store doesn't answer. */
    checkStore(): Promise<void>
    /** Partitions with records to be counted that nobody has counted on for some seconds. */
    findStandstills(): readonly z.input<typeof standstillShape>[]
    /** As far as the marks of their sources are counted. */
    findHalts(): Promise<readonly z.input<typeof haltShape>[]>
  }

/** Local dates of the tariff's time zone. */
export type Days = { readonly first: string; readonly afterLast: string }

/** A `file` that is null would have too many rows. */
type UsageFile = { readonly file: Buffer | null }

export type UsagePage = {
  readonly range: PeriodRange
  readonly timeZone: string
  readonly rows: readonly SplitUse[]
}

/** Of one reason; each event is one of the last four. `ruled` are part of the waived. */
const rejectedShape = z.object({
  reason: z.string(),
  events: z.int(),
  ruled: z.int(),
  waived: z.int(),
  mended: z.int(),
  mending: z.int(),
  open: z.int(),
})

export const haltShape = z.object({
  source: z.string(),
  /** Such as `mostly_rejected`. */
  reason: z.string(),
  topic: z.string(),
  since: z.iso.datetime(),
  todo: z.string(),
})

export const closedShape = z.object({
  month: z.string(),
  outcome: z.enum(['closed', 'revised', 'unchanged', 'dry_run']),
  revision: z.int().nullable(),
  previousRevision: z.int().nullable(),
  contentHash: z.string(),
  clients: z.int(),
  statements: z.int(),
  requests: z.string(),
  bytes: z.string(),
  payableNok: z.string(),
  proposedNok: z.string(),
  /** Against the revision before, by the input that changed. */
  changes: z.array(changeShape).readonly(),
  /** What each cause changes for each payer: the largest amounts, of so many in all. */
  payerChanges: z.array(payerChangeShape).readonly(),
  payerChangesTotal: z.int(),
  /** Of a dry run: what the close itself would ask for, to be sent as `accept`. */
  unaccepted: z.array(z.string()).readonly(),
  /** What could not be charged as it stands. */
  exceptions: z.array(closeExceptionShape).readonly(),
  rejected: z.array(rejectedShape).readonly(),
  /** Why rejected events were let go: by people, and by standing rules. */
  waivers: z.array(z.object({ reason: z.string(), actor: z.string(), events: z.int() })).readonly(),
  ruled: z.array(ruledShape).readonly(),
  /** What gateways' own counters said of the month, where somebody compared them. */
  reconciled: z.array(comparedShape).readonly(),
  forced: forcedShape.nullable(),
  /** How many statements were announced on the topic just now. */
  announced: z.int(),
  /** The month's revisions that wait for approval, or for one that does. */
  waiting: z.array(z.int()).readonly(),
})

/** One thing that the month lacks: `kind` for programs, `detail` for people. */
type Missing = { readonly kind: string; readonly detail: string }

/** When the month can be closed, as far as that can be told. */
type CloseEstimate = {
  /** ISO 8601, in UTC; null when nothing tells. */
  readonly notBefore: string | null
  readonly basis: readonly string[]
}

/** What a closed month would change through, which nobody has accepted. */
type Unaccepted = Change & {
  /** To be sent as `accept`. */
  readonly accept: string
  readonly payers: readonly PayerChange[]
  readonly payersTotal: number
}

export type CloseAnswer =
  | { readonly kind: 'closed'; readonly closed: z.input<typeof closedShape> }
  | {
      readonly kind: 'refused'
      readonly missing: readonly Missing[]
      readonly estimate: CloseEstimate | null
    }
  | {
      readonly kind: 'unaccepted'
      readonly detail: string
      readonly revision: number
      readonly unaccepted: readonly Unaccepted[]
    }
  /** Another close is at it in this process. */
  | { readonly kind: 'busy'; readonly month: string }

export const payerListShape = z.object({
  month: z.string(),
  revision: z.int(),
  isLatest: z.boolean(),
  payers: z.array(payerSummaryShape).readonly(),
  /** What to ask for next; null at the end. */
  next: z.string().nullable(),
})
type PayerList = {
  readonly revision: number
  readonly isLatest: boolean
  readonly payers: readonly PayerSummary[]
}

export const proofShape = monthProofShape.extend({ month: z.string(), revision: z.int() })
type RevisionProof = Readonly<z.output<typeof proofShape>>

const announcedMonthShape = closedMonthShape.extend({
  announcement: z.enum(ANNOUNCEMENT_STATES),
  /** What it is approved by. */
  approve: approvedShape,
  /** Null where nobody had to, or nobody has yet. */
  approvedBy: z.string().nullable(),
})
export type AnnouncedMonth = z.input<typeof announcedMonthShape>

export const monthsShape = z.object({ months: z.array(announcedMonthShape).readonly() })

type MonthApproval = { readonly approve: string; readonly actor: string }

export const monthAnnouncedShape = z.object({
  /** Those that waited, and who approved each. */
  approvals: z.array(z.object({ revision: z.int(), by: z.string() })).readonly(),
  /** How many statements were announced on the topic just now. */
  announced: z.int(),
})
export type MonthAnnounced =
  | { readonly kind: 'announced'; readonly announced: z.input<typeof monthAnnouncedShape> }
  | { readonly kind: 'refused'; readonly detail: string }

export const importedShape = z.object({
  outcome: z.enum(['imported', 'unchanged']),
  sequence: z.int(),
  /** The first month it holds for; null: from the first on. */
  validFrom: z.string().nullable(),
  /** Months that it holds for and that were closed with another. */
  monthsBehind: z.array(z.string()).readonly(),
  clients: z.int(),
  partners: z.int(),
  integrations: z.int(),
  activations: z.int(),
})

export type RegistryAnswer =
  | { readonly kind: 'imported'; readonly imported: z.input<typeof importedShape> }
  | { readonly kind: 'faulty'; readonly faults: readonly RegistryFault[]; readonly faultCount: number }
  | { readonly kind: 'malformed' | 'too_large'; readonly detail: string }
  | { readonly kind: 'busy' }

type CaseFilter = {
  readonly state?: CaseSummary['state'] | undefined
  readonly clientId?: string | undefined
  readonly month?: string | undefined
}

type NewCaseStep = {
  readonly caseId: string
  readonly actor: string
  readonly action: CaseAction
  /** Of the case as it was seen. */
  readonly expectedSequence: number
}

export type CaseAnswer =
  | { readonly kind: 'case'; readonly case: DialogueCase }
  | { readonly kind: 'unknown'; readonly detail: string }
  /** `refusal` is for programs. */
  | { readonly kind: 'refused'; readonly detail: string; readonly refusal: unknown }

export type RuleAnswer =
  | { readonly kind: 'rule'; readonly rule: StandingRule }
  | { readonly kind: 'unknown'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
