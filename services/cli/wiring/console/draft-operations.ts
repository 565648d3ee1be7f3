import { sumAmounts } from '@forbruk/close/rating/price-lines.ts'
import { priceOverage } from '@forbruk/close/rating/price-overage.ts'
import { describeOverage, describePrices } from '@forbruk/close/statements/describe-prices.ts'
import { rateDraft } from '@forbruk/close/what-if/rate-draft.ts'
import type { TermsReads } from '@forbruk/console/routes/terms.ts'
import { periodAt } from '@forbruk/schemas/period/billing-period.ts'
import {
  findTariffVersion,
  readTariff as parseTariff,
  type Tariff,
  TariffError,
  type TariffVersion,
} from '@forbruk/schemas/tariff/read-tariff.ts'
import type { ReadParts } from './read-parts.ts'
import { tariffInScope } from './tariff-in-scope.ts'

/** What prices come to, and what others would: nothing is recorded. */
export function createDraftOperations({
  store,
  stream,
  readTariff,
  clock,
}: ReadParts): Pick<TermsReads, 'priceUse' | 'rateDraft'> {
  return {
    async priceUse(scope, period, { requests, bytes, language }) {
      const nowMs = clock()
      const whole = await readTariff()
      const asked = period ?? periodAt(nowMs, whole.timeZone)
      const tariff = tariffInScope(scope, whole, asked, nowMs)
      const version = findTariffVersion(tariff, asked.month)
      if (version === null) return null
      const lines = priceOverage(version, requests, bytes, [])
      return {
        month: asked.month,
        requests: String(requests),
        bytes: String(bytes),
        lines: describeOverage(lines, version, language),
        amountNok: sumAmounts(lines.map(line => line.amountNok)),
      }
    },
    async rateDraft(period, { version, language, clientsMax }) {
      const tariff = await readTariff()
      const faults = findFaults(tariff, version)
      if (faults.length > 0) return { kind: 'faulty', faults }
      const { timeZone } = tariff
      const rated = await rateDraft({ store, stream, period, timeZone, draft: version })
      if (rated === null) return null
      const { clients, ...sums } = rated
      return {
        kind: 'rated',
        rated: {
          ...sums,
          month: period.month,
          sentences: describePrices(tariff, version, language),
          clientsTotal: clients.length,
          clients: clients.slice(0, clientsMax),
        },
      }
    },
  }
}

/** What is checked of a file as a whole. */
function findFaults({ currency, timeZone }: Tariff, version: TariffVersion): readonly string[] {
  try {
    parseTariff(JSON.stringify({ currency, timeZone, versions: [version] }), 'of the draft')
    return []
  } catch (error) {
    if (error instanceof TariffError) return error.faults
    throw error
  }
}
