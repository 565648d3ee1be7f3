import type { Integration } from '@forbruk/schemas/registry/registry.ts'
import type { DecimalText, StatementLine } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { Decimal } from 'decimal.js'

/** Digits enough for any product of a quantity (38) and a price (15): nothing is rounded but by `roundToOre`. */
export const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP })

/** The sum of amounts, with two decimals. */
export function sumAmounts(amounts: readonly DecimalText[]): DecimalText {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Exact(0)).toFixed(2)
}

/** The sum of quantities of one unit, exact. */
export function sumQuantities(quantities: readonly DecimalText[]): DecimalText {
  return quantities.reduce((sum, quantity) => sum.plus(quantity), new Exact(0)).toFixed()
}

/** Use that costs nothing, said on the statement all the same. */
export function priceIncluded(integration: Integration, requests: bigint): StatementLine {
  const { integrationId, name: detail } = integration
  const line = quantityLine(new Exact(requests.toString()), '0')
  return { ...line, item: 'included', integrationId, detail, unit: 'request' }
}

export function priceAccess(version: TariffVersion): StatementLine {
  const price = version.externalAccess.pricePerMonth
  return { ...monthLine(price), item: 'access_external', detail: 'Access to external integrations' }
}

/** @param clients the partner's clients that have a partner integration active in the month */
export function pricePartnerTier(version: TariffVersion, clients: number): StatementLine {
  const tier = findTier(version, clients)
  const detail = `${tier.name}: ${clients} ${clients === 1 ? 'client' : 'clients'} on partner integrations`
  return { ...monthLine(tier.pricePerMonth), item: 'partner_tier', detail }
}

export function findTier(version: TariffVersion, clients: number): TariffVersion['partnerTiers'][number] {
  const tier = version.partnerTiers.find(each => each.clientsMax === null || clients <= each.clientsMax)
  if (tier === undefined)
    throw new Error(`no partner tier for ${clients} clients: the tariff was not checked`)
  return tier
}

function monthLine(price: DecimalText): Omit<StatementLine, 'item' | 'detail'> {
  return { ...quantityLine(new Exact(1), price), unit: 'month' }
}

function quantityLine(
  quantity: Decimal,
  price: DecimalText,
): Omit<StatementLine, 'item' | 'detail' | 'unit'> {
  return {
    integrationId: '',
    quantity: quantity.toFixed(),
    unitPriceNok: new Exact(price).toFixed(),
    amountNok: roundToOre(quantity.times(price)),
    status: 'payable',
  }
}

export function roundToOre(amount: Decimal): DecimalText {
  return amount.toFixed(2, Decimal.ROUND_HALF_UP)
}
