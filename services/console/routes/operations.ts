import type { CaseAction, CaseSummary, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { RegistryFault } from '@forbruk/schemas/registry/registry.ts'
import type { ExportFormat, ExportTable } from '@forbruk/schemas/statement/export.ts'
import {
  type ClosedMonth,
  changeShape,
  closedMonthShape,
  closeExceptionShape,
  forcedShape,
} from '@forbruk/schemas/statement/month-close.ts'
import {
  type PayerStatement,
  type PayerSummary,
  payerSummaryShape,
} from '@forbruk/schemas/statement/payer-statement.ts'
import { z } from 'zod'

/** What the console can do: whoever starts it passes these in. Each may throw StoreError or StoreUnavailableError. */
export type Operations = {
  closeMonth(
    period: BillingPeriod,
    options: { readonly dryRun: boolean; readonly forceReason: string | null },
  ): Promise<CloseAnswer>
  listMonths(): Promise<readonly ClosedMonth[]>
  /** Null: the month has no such revision. */
  listPayers(
    period: BillingPeriod,
    revision: number | null,
    page: { readonly after: string; readonly limit: number },
  ): Promise<PayerList | null>
  /** Null: there is no such month, revision or payer in it. */
  readStatement(
    period: BillingPeriod,
    revision: number | null,
    payerId: string,
  ): Promise<PayerStatement | null>
  /** The same as one page of HTML. */
  renderStatement(period: BillingPeriod, revision: number | null, payerId: string): Promise<string | null>
  exportTable(
    period: BillingPeriod,
    revision: number | null,
    table: ExportTable,
    format: ExportFormat,
  ): Promise<Buffer | null>
  importRegistry(
    files: ReadonlyMap<string, Uint8Array>,
    validFrom: BillingPeriod | null,
  ): Promise<RegistryAnswer>
  listCases(filter: CaseFilter): Promise<readonly CaseSummary[]>
  readCase(caseId: string): Promise<CaseAnswer>
  addCaseStep(step: NewCaseStep): Promise<CaseAnswer>
  /** Rejects when the store doesn't answer. */
  checkStore(): Promise<void>
  /** Partitions with records to be counted that nobody has counted on for some seconds. */
  findStandstills(): readonly z.input<typeof standstillShape>[]
}

export const standstillShape = z.object({
  partition: z.int(),
  nextOffset: z.int(),
  endOffset: z.int(),
  detail: z.string(),
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
  /** What could not be charged as it stands. */
  exceptions: z.array(closeExceptionShape).readonly(),
  rejected: z.array(z.object({ reason: z.string(), events: z.int() })).readonly(),
  forced: forcedShape.nullable(),
  /** How many statements were announced on the topic just now. */
  announced: z.int(),
})

/** One thing that the month lacks: `kind` for programs, `detail` for people. */
type Missing = { readonly kind: string; readonly detail: string }

/** When the month can be closed, as far as that can be told. */
type CloseEstimate = {
  /** ISO 8601, in UTC; null when nothing tells. */
  readonly notBefore: string | null
  readonly basis: readonly string[]
}

export type CloseAnswer =
  | { readonly kind: 'closed'; readonly closed: z.input<typeof closedShape> }
  | {
      readonly kind: 'refused'
      readonly missing: readonly Missing[]
      readonly estimate: CloseEstimate | null
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

export const monthsShape = z.object({ months: z.array(closedMonthShape).readonly() })

export const importedShape = z.object({
  outcome: z.enum(['imported', 'unchanged']),
  sequence: z.int(),
  validFrom: z.string().nullable(),
  clients: z.int(),
  partners: z.int(),
  integrations: z.int(),
  activations: z.int(),
})

type RegistryAnswer =
  | { readonly kind: 'imported'; readonly imported: z.input<typeof importedShape> }
  | { readonly kind: 'faulty'; readonly faults: readonly RegistryFault[]; readonly faultCount: number }

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
