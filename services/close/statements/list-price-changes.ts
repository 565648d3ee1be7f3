import type { PriceChange } from '@forbruk/schemas/statement/payer-statement.ts'
import type { LineItem } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { Exact, findTier } from '../rating/price-lines.ts'

/**
 * Pure: what changed of the prices and allowances that an item is rated by.
 * @param tierClients how many clients a partner's tier counts now
 */
export function listPriceChanges(
  item: LineItem,
  before: TariffVersion,
  after: TariffVersion,
  tierClients: number,
): PriceChange[] {
  const terms: Readonly<Record<LineItem, readonly Term[]>> = {
    included: [],
    partner_tier: [{ term: 'tier_price', of: version => findTier(version, tierClients).pricePerMonth }],
    access_external: [{ term: 'access_price', of: ({ externalAccess }) => externalAccess.pricePerMonth }],
    overage_requests: [
      { term: 'request_price', of: ({ consumption }) => consumption.pricePerRequest },
      { term: 'included_requests', of: ({ consumption }) => String(consumption.allowance.requests) },
    ],
    overage_transfer: [
      { term: 'megabyte_price', of: ({ consumption }) => consumption.pricePerMegabyte },
      { term: 'included_gigabytes', of: ({ consumption }) => consumption.allowance.gigabytes },
    ],
  }
  const changes = terms[item].map(({ term, of }) => ({ term, before: of(before), after: of(after) }))
  return changes.filter(change => !new Exact(change.before).eq(change.after))
}

type Term = { readonly term: PriceChange['term']; readonly of: (version: TariffVersion) => string }
