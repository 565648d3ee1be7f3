import { haveLaterUsage } from '@forbruk/infra/ledger/usage/later-usage.ts'
import { readUses } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { rateMonth } from '../rating/rate.ts'
import { readRegistryImport } from '../registry/read-stored-registry.ts'
import { readLatestRevision } from '../revision/read-revision.ts'
import { readAmounts } from '../revision/read-statements.ts'
import {
  type Amounts,
  type ChargeDifference,
  compareCharges,
  countDifferences,
  sumCharges,
} from './compare-charges.ts'

type DraftQuestion = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  readonly period: BillingPeriod
  readonly timeZone: string
  readonly draft: TariffVersion
}

type RatedDraft = {
  readonly revision: number
  readonly charged: Amounts
  readonly draft: Amounts
  /** Every client with a statement of either, the largest difference first. */
  readonly clients: readonly ChargeDifference[]
  /** Clients that the tariff of the revision doesn't charge the same by now: their use was counted later, or mended. */
  readonly clientsChanged: number
}

/**
 * A closed month rated with another tariff, against what its newest revision says: by the registry and the decisions of
 * that revision, and by the usage as it is counted now. Nothing is recorded. Null where the month isn't closed. Throws
 * StoreError when the registry of the revision can't be read any more.
 */
export async function rateDraft(question: DraftQuestion): Promise<RatedDraft | null> {
  const { store, stream, period, timeZone, draft } = question
  const revision = await readLatestRevision(store, period.month)
  if (revision === null) return null
  const range = periodRange(period, timeZone)
  const [isUsedSince] = await haveLaterUsage(store, [
    {
      ...{ stream, range, cut: revision.cut },
      ...{ requests: BigInt(revision.countedRequests), bytes: BigInt(revision.countedBytes) },
    },
  ])
  const usage = await readUses(store, stream, range)
  const registry = await readRegistryImport(store, revision.registryImportId)
  const charged = await readAmounts(store, revision)
  const rate = (version: TariffVersion) =>
    rateMonth(usage, registry, version, period, revision.decisions).statements
  const clients = compareCharges(charged, rate(draft))
  return {
    revision: revision.revision,
    charged: sumCharges(clients, 'charged'),
    draft: sumCharges(clients, 'draft'),
    clients,
    clientsChanged: isUsedSince ? countDifferences(charged, rate(revision.tariff.version)) : 0,
  }
}
