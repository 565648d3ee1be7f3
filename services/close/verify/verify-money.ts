import { joinVerifications, type Uncovered, verifySeals } from '@forbruk/infra/store/seal/verify-seals.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { BillingPeriodError } from '@forbruk/schemas/period/billing-period.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { describeSeal } from './describe-seal.ts'
import type { MoneyFinding } from './money-finding.ts'
import { verifyCloseSeals } from './verify-close-seals.ts'
import { type VerifiedCloses, verifyCloses } from './verify-closes.ts'

export type MoneyReport = {
  readonly findings: readonly MoneyFinding[]
  /** Revisions whose content hash and usage were worked out again. */
  readonly closes: number
  /** Rows that are as they were written; of a close's statements and lines, those of a client are one. */
  readonly verified: number
  /** Rows from before seals: nobody can tell of them. */
  readonly uncovered: readonly Uncovered[]
  /** Revisions whose content hash can't be worked out with this tariff. */
  readonly hashesUncovered: readonly string[]
}

/** Holds everything that money rests on against what was recorded when it was written. */
export async function verifyMoney(store: Store, tariff: Tariff): Promise<MoneyReport> {
  const seals = joinVerifications([await verifySeals(store), await verifyCloseSeals(store, null)])
  const findings = seals.findings.map(describeSeal)
  const closes = await verifyReadable(store, tariff, findings.length > 0)
  return {
    findings: [...findings, ...closes.findings],
    closes: closes.closes,
    verified: seals.verified,
    uncovered: seals.uncovered,
    hashesUncovered: closes.uncovered,
  }
}

/** What was changed may be no value any more: then the seals have named it. */
async function verifyReadable(store: Store, tariff: Tariff, isNamed: boolean): Promise<VerifiedCloses> {
  try {
    return await verifyCloses(store, tariff)
  } catch (error) {
    const isUnreadable = error instanceof BillingPeriodError || error instanceof StoreError
    if (!isNamed || !isUnreadable) throw error
    return { findings: [], closes: 0, uncovered: [] }
  }
}
