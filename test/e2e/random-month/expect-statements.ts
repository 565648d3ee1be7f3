import {
  type Activation,
  KIND_BY_INTEGRATION,
  OCTOBER,
  type RandomClient,
  type RandomMonth,
  type RandomRequest,
} from './random-month.ts'

/**
 * What the month must come to, by a few lines of integer arithmetic that share nothing with the program: the price list
 * as a customer reads it. Amounts are whole øre.
 */
export type Expected = {
  readonly clientId: string
  readonly payerId: string
  readonly requests: number
  readonly meteredRequests: number
  readonly meteredBytes: number
  readonly payable: bigint
  readonly proposed: bigint
}

/** What a client used when its overage was decided; null when nothing was. */
export type Seen = Pick<Expected, 'meteredRequests' | 'meteredBytes'> | null

/** Clients 0 and 1 fall into the first tier. */
export const TIERS = [
  { name: 'few', clientsMin: 0, clientsMax: 1, pricePerMonth: '200' },
  { name: 'some', clientsMin: 2, clientsMax: 3, pricePerMonth: '500' },
  { name: 'many', clientsMin: 4, clientsMax: null, pricePerMonth: '1000' },
]

export function expectStatements(
  month: RandomMonth,
  requests: readonly RandomRequest[],
  seenBy: ReadonlyMap<string, Seen>,
): Expected[] {
  const inOctober = requests.filter(({ timeMs }) => timeMs >= OCTOBER.fromMs && timeMs < OCTOBER.toMs)
  return month.clients.flatMap((client, index) => {
    const own = inOctober.filter(request => request.client === index)
    const metered = own.filter(request => isMetered(month, index, request))
    const bytes = metered.map(request => countedBytes(month, request))
    const used = { meteredRequests: metered.length, meteredBytes: bytes.reduce((sum, each) => sum + each, 0) }
    const overage = splitOverage(month, client, used, seenBy.get(client.id) ?? null)
    const fixed = fixedPrices(month, index)
    const payable = fixed.reduce((sum, each) => sum + each, 0n) + overage.payable
    const payerId = client.bureau !== null && client.collectiveInvoice ? 'client-0' : client.id
    const hasLine = fixed.length > 0 || isAnyActive(client) || overage.payable + overage.proposed > 0n
    const statement = { clientId: client.id, payerId, requests: own.length, ...used, payable }
    return own.length > 0 || hasLine ? [{ ...statement, proposed: overage.proposed }] : []
  })
}

function isMetered(month: RandomMonth, index: number, { integration, status }: RandomRequest): boolean {
  const client = month.clients[index]
  if (client === undefined || integration === 'unheard-of' || !isActive(client, integration)) return false
  // The provider's own failure, and its own refusal.
  if (status === 429 || status >= 500) return false
  const kind = KIND_BY_INTEGRATION[integration]
  return kind === 'external' || (kind === 'partner' && (client.bureau !== null || isBureau(month, index)))
}

function fixedPrices(month: RandomMonth, index: number): bigint[] {
  const client = month.clients[index]
  if (client === undefined) return []
  const hasExternal = isActive(client, 'shop') || isActive(client, 'till')
  const onBi = month.clients.filter(each => each.bureau === index && isActive(each, 'bi')).length
  const paysTier = isBureau(month, index) && (onBi > 0 || isActive(client, 'bi'))
  const tier = TIERS.find(({ clientsMax }) => clientsMax === null || onBi <= clientsMax)
  return [
    ...(hasExternal ? [toOre(month.tariff.pricePerMonth)] : []),
    ...(paysTier ? [toOre(tier?.pricePerMonth ?? '')] : []),
  ]
}

/** Decided is what was seen, per measure; what came after is proposed. */
function splitOverage({ tariff }: RandomMonth, { decision }: RandomClient, used: Seen & object, seen: Seen) {
  const priceOf = (use: Seen & object) =>
    priceAbove(use.meteredRequests, tariff.allowanceRequests, tariff.pricePerRequest, 1) +
    priceAbove(use.meteredBytes, tariff.allowanceMegabytes * 1_000_000, tariff.pricePerMegabyte, 1_000_000)
  const decided = seen === null ? 0n : priceOf(seen)
  const proposed = priceOf(used) - decided
  switch (decision) {
    case 'charge':
      return { payable: decided, proposed }
    case 'half':
      return { payable: decided / 2n, proposed }
    case 'waive':
    case 'none':
      return { payable: 0n, proposed }
  }
}

/** In øre, rounded half up once. Prices have at most three decimals. */
function priceAbove(count: number, allowance: number, price: string, perUnit: number): bigint {
  const above = BigInt(Math.max(0, count - allowance))
  const thousandths = BigInt(Math.round(Number(price) * 1000))
  const divisor = BigInt(perUnit) * 10n
  return (above * thousandths * 2n + divisor) / (divisor * 2n)
}

const toOre = (nok: string) => BigInt(Math.round(Number(nok) * 100))

function countedBytes({ tariff }: RandomMonth, { requestBytes, responseBytes }: RandomRequest): number {
  const { bytesCounted } = tariff
  if (bytesCounted === 'request') return requestBytes
  return bytesCounted === 'response' ? responseBytes : requestBytes + responseBytes
}

const isBureau = (month: RandomMonth, index: number) => month.clients.some(each => each.bureau === index)
const isActive = (client: RandomClient, id: string) =>
  client.activations.some(each => each.integration === id && touchesOctober(each))
const isAnyActive = (client: RandomClient) => isActive(client, 'erp') || isActive(client, 'year')
const touchesOctober = ({ from, until }: Activation) =>
  from < '2026-11-01' && (until === '' || until > '2026-10-01')
