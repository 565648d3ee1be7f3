import { FoldVersionError } from '@forbruk/aggregator/count/block.ts'
import { LogContradictsLedgerError } from '@forbruk/aggregator/count/block-proof.ts'
import { LogGapError } from '@forbruk/aggregator/count/log-gap.ts'
import { GapRefusedError } from '@forbruk/aggregator/resume/accept-gap.ts'
import { GrowthRefusedError } from '@forbruk/aggregator/resume/grow-stream.ts'
import { CaseIdError } from '@forbruk/close/dialogue/case-id.ts'
import { CaseRefusedError, CaseUnknownError } from '@forbruk/close/dialogue/refusal.ts'
import { UnknownSourceError } from '@forbruk/close/gate/find-source.ts'
import { CloseRefusedError } from '@forbruk/close/gate/refusal.ts'
import { InvoicesRefusedError } from '@forbruk/close/invoices/refusal.ts'
import { ScrapeError } from '@forbruk/close/reconcile/read-scrape.ts'
import { ReconciliationRefusedError } from '@forbruk/close/reconcile/refusal.ts'
import { RegistryFaultsError } from '@forbruk/close/registry/import-registry.ts'
import { RejectedEventError } from '@forbruk/close/rejected/coordinates.ts'
import { RuleRefusedError, RuleUnknownError } from '@forbruk/close/rejected/refusal.ts'
import { ApprovalRefusedError } from '@forbruk/close/statements/approve.ts'
import { CollectorError } from '@forbruk/collector/open-collector.ts'
import { TokensError } from '@forbruk/collector/sender.ts'
import { ConsoleError } from '@forbruk/console/server/console-error.ts'
import { TokenRefusedError, TokenUnknownError } from '@forbruk/infra/access/refusal.ts'
import { StreamKeyError } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import { ConfigError } from '@forbruk/infra/runtime/config-error.ts'
import {
  explainDescriptors,
  isOutOfDescriptors,
  readDescriptorsMax,
} from '@forbruk/infra/runtime/descriptors.ts'
import { StoreError, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { IntakeRefusedError, IntakeSupersededError, UnknownLossError } from '@forbruk/intake/intake-error.ts'
import { GatewayFormatError } from '@forbruk/schemas/gateway/gateway-format-error.ts'
import { BillingPeriodError } from '@forbruk/schemas/period/billing-period.ts'
import { SellerError } from '@forbruk/schemas/seller/read-seller.ts'
import { TariffError } from '@forbruk/schemas/tariff/read-tariff.ts'
import { ShipError } from '@forbruk/shipper/obstacles/ship-error.ts'
import { SharedFileError } from '@forbruk/shipper/recognise/find-shared.ts'
import { NotClosedError } from './not-closed-error.ts'

/** What a user reads of a failure, and the exit code: 1 a failure, 2 wrong usage, 3 refused for a stated reason. */
type ExplainedFailure = { readonly message: string; readonly exitCode: 1 | 2 | 3 }

const WRONG_USAGE = [
  NotClosedError,
  ConfigError,
  BillingPeriodError,
  GatewayFormatError,
  TokensError,
  ScrapeError,
  CaseIdError,
  CaseUnknownError,
  RejectedEventError,
  RuleUnknownError,
  TokenUnknownError,
  UnknownSourceError,
  UnknownLossError,
]
const REFUSED = [
  ApprovalRefusedError,
  CloseRefusedError,
  CaseRefusedError,
  GapRefusedError,
  GrowthRefusedError,
  InvoicesRefusedError,
  IntakeRefusedError,
  ReconciliationRefusedError,
  RuleRefusedError,
  SharedFileError,
  StreamKeyError,
  TokenRefusedError,
]
/** Their messages say what is wrong and what to do; a stack trace would only hide it. */
const EXPECTED = [
  IntakeSupersededError,
  LogGapError,
  FoldVersionError,
  LogContradictsLedgerError,
  EventLogError,
  StoreError,
  StoreUnavailableError,
  ShipError,
  RegistryFaultsError,
  TariffError,
  SellerError,
  ConsoleError,
  CollectorError,
]

export function explainFailure(error: unknown): ExplainedFailure {
  if (REFUSED.some(kind => error instanceof kind)) return { message: messageOf(error), exitCode: 3 }
  if (WRONG_USAGE.some(kind => error instanceof kind)) return { message: messageOf(error), exitCode: 2 }
  if (isOutOfDescriptors(error)) {
    const limit = explainDescriptors(readDescriptorsMax())
    return { message: `${messageOf(error)}: ${limit}`, exitCode: 1 }
  }
  const expected = EXPECTED.some(kind => error instanceof kind)
  if (expected) return { message: messageOf(error), exitCode: 1 }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 1 }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
