import type { ClientLine, LineTerms } from '@forbruk/schemas/statement/payer-statement.ts'
import type { StatementLine } from '@forbruk/schemas/statement/statement.ts'
import { Exact, findTier, roundToOre, sumQuantities } from '../rating/price-lines.ts'
import { byName } from './by-name.ts'
import type { MonthTerms } from './read-terms.ts'

/** Pure: a client's lines, each with what it is about as data; their stored `detail` is text in one language. */
export function explainLines(
  clientId: string,
  lines: readonly StatementLine[],
  terms: MonthTerms,
): ClientLine[] {
  return lines.map((line, index) => ({
    ...line,
    terms: explainLine(line, clientId, lines.slice(0, index), terms),
  }))
}

function explainLine(
  line: StatementLine,
  clientId: string,
  earlier: readonly StatementLine[],
  { version, countedClients }: MonthTerms,
): LineTerms {
  const { requests, gigabytes } = version.consumption.allowance
  switch (line.item) {
    case 'included':
      return { kind: 'included', integrationName: line.detail }
    case 'access_external':
      return { kind: 'access_external' }
    case 'partner_tier': {
      const counted = countedClients.get(clientId) ?? []
      const clients = counted.map(each => ({ clientId: each.clientId, clientName: each.name }))
      return {
        kind: 'partner_tier',
        tier: findTier(version, clients.length).name,
        clients: clients.toSorted(byName),
      }
    }
    case 'overage_requests':
      return {
        kind: 'overage_requests',
        included: String(requests),
        regularNok: findRegularAmount(line, earlier),
      }
    case 'overage_transfer':
      return {
        kind: 'overage_transfer',
        includedGigabytes: gigabytes,
        regularNok: findRegularAmount(line, earlier),
      }
  }
}

/**
 * What a part of an overage comes to by quantity and price, where its amount is another: null where it is that. Parts
 * come to what the whole is rounded to, so that each is the difference of what is up to its end and up to its begin.
 */
function findRegularAmount(line: StatementLine, earlier: readonly StatementLine[]): string | null {
  const { item, quantity, unitPriceNok, amountNok } = line
  const begin = sumQuantities(earlier.filter(each => each.item === item).map(each => each.quantity))
  const upTo = (end: string) => new Exact(roundToOre(new Exact(end).times(unitPriceNok)))
  const regular = upTo(sumQuantities([begin, quantity])).minus(upTo(begin))
  return regular.eq(amountNok) ? null : regular.toFixed(2)
}
