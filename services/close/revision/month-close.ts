import type { Cut } from '@forbruk/infra/ledger/usage/settled-usage.ts'
import type { Ruled } from '@forbruk/schemas/rejected/waiver-rule.ts'
import type { AnnouncePolicy } from '@forbruk/schemas/statement/announcement.ts'
import type { Change, Forced } from '@forbruk/schemas/statement/month-close.ts'
import type { StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { RejectedFacts, SourceFacts } from '../gate/gate.ts'
import type { Decided } from '../rating/price-overage.ts'
import type { RatedMonth } from '../rating/rate.ts'
import type { CloseSummary } from '../rating/summarize.ts'
import type { Reconciled } from '../reconcile/reconciled.ts'
import type { Waiver } from '../rejected/read-rejected.ts'

/** Everything a close says, before it is recorded. */
export type MonthClose = RatedMonth & {
  /** Of statements, exceptions, tariff and forced reason: not of when it was closed, nor of the cut. */
  readonly contentHash: string
  readonly stream: string
  readonly cut: Cut
  readonly registryImportId: string
  readonly tariff: {
    readonly hash: string
    readonly version: TariffVersion
    readonly definitions: readonly string[]
  }
  readonly decisions: readonly (Decided & { readonly clientId: string })[]
  /** In the whole month, whoever they are charged to, or nobody. */
  readonly counted: { readonly requests: string; readonly bytes: string }
  readonly summary: CloseSummary
  /** Rejected events that may belong to the month, and why some were let go. */
  readonly rejected: readonly RejectedFacts[]
  readonly waivers: readonly Waiver[]
  /** What standing rules let go of them. */
  readonly ruled: readonly Ruled[]
  /** What the sources of the stream had said by then. */
  readonly sources: readonly SourceFacts[]
  /** What gateways' own counters said of the month; evidence, which no figure rests on. */
  readonly reconciled: readonly Reconciled[]
  readonly forced: Forced | null
  readonly announce: AnnouncePolicy
  /** Against the revision before; none of both in a first one. */
  readonly adjustments: readonly StatementAdjustment[]
  readonly changes: readonly Change[]
}
