import type { Evidence, Overage } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Statement, StatementLine } from '@forbruk/schemas/statement/statement.ts'
import { allowanceBytes, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { sumAmounts } from '../rating/price-lines.ts'
import { priceOverage } from '../rating/price-overage.ts'

/** What a statement has above the allowances; both null where it stays within. */
export type MonthOverage = Pick<Evidence, 'requests' | 'transfer' | 'proposedNok'>

export const NO_OVERAGE: MonthOverage = { requests: null, transfer: null, proposedNok: '0.00' }

export function isWithin({ requests, transfer }: Pick<MonthOverage, 'requests' | 'transfer'>): boolean {
  return requests === null && transfer === null
}

/** Pure. As without a decision, which changes what is paid, not what was used. */
export function findOverage(statement: Statement, version: TariffVersion): MonthOverage {
  const lines = priceOverage(version, BigInt(statement.meteredRequests), BigInt(statement.meteredBytes), [])
  const measure = (item: StatementLine['item'], used: string, included: bigint): Overage | null => {
    const line = lines.find(each => each.item === item)
    if (line === undefined) return null
    const above = (BigInt(used) - included).toString()
    return { included: included.toString(), used, above, amountNok: line.amountNok }
  }
  const { requests } = version.consumption.allowance
  return {
    requests: measure('overage_requests', statement.meteredRequests, BigInt(requests)),
    transfer: measure('overage_transfer', statement.meteredBytes, allowanceBytes(version)),
    proposedNok: sumAmounts(lines.map(line => line.amountNok)),
  }
}

export function isOverage({ item }: StatementLine): boolean {
  return item === 'overage_requests' || item === 'overage_transfer'
}
