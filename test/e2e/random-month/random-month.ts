import fc from 'fast-check'

/** A month by its inputs: registry, tariff, two files of requests (one comes late), and what is decided between. */
export type RandomMonth = {
  readonly clients: readonly RandomClient[]
  readonly tariff: RandomTariff
  readonly first: readonly RandomRequest[]
  readonly late: readonly RandomRequest[]
}

export type RandomClient = {
  readonly id: string
  /** Its bureau's place in `clients`; null without one. A bureau has none itself. */
  readonly bureau: number | null
  readonly collectiveInvoice: boolean
  readonly activations: readonly Activation[]
  /** What is decided when the first close opens a case. */
  readonly decision: Decision
}

export type Activation = {
  readonly integration: IntegrationId
  readonly from: string
  readonly until: string
}
type Decision = 'none' | 'charge' | 'waive' | 'half'

type RandomTariff = {
  readonly allowanceRequests: number
  readonly allowanceMegabytes: number
  readonly pricePerRequest: string
  readonly pricePerMegabyte: string
  readonly pricePerMonth: string
  readonly bytesCounted: 'request_and_response' | 'request' | 'response'
}

export type RandomRequest = {
  /** Place in `clients`; one more than there are is a client that nobody knows. */
  readonly client: number
  readonly integration: IntegrationId | 'unheard-of'
  readonly timeMs: number
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
}

export const KIND_BY_INTEGRATION = {
  erp: 'internal',
  year: 'year_end',
  bi: 'partner',
  shop: 'external',
  till: 'external',
} as const
type IntegrationId = keyof typeof KIND_BY_INTEGRATION

/** October in Oslo begins at 22:00 UTC, in summer time, and ends at 23:00 UTC. */
export const OCTOBER = {
  fromMs: Date.parse('2026-09-30T22:00:00Z'),
  toMs: Date.parse('2026-10-31T23:00:00Z'),
}

const integration = fc.constantFrom('erp', 'year', 'bi', 'shop', 'till')

const activation: fc.Arbitrary<Activation> = fc.record({
  integration,
  from: fc.constantFrom('2026-01-01', '2026-10-31', '2026-11-01'),
  until: fc.constantFrom('', '2026-10-02', '2026-10-01'),
})

const clients: fc.Arbitrary<RandomClient[]> = fc
  .array(
    fc.record({
      isOfBureau: fc.boolean(),
      collectiveInvoice: fc.boolean(),
      activations: fc.uniqueArray(activation, { maxLength: 4, selector: each => each.integration }),
      decision: fc.constantFrom('none', 'charge', 'waive', 'half'),
    }),
    { minLength: 3, maxLength: 7 },
  )
  .map(all =>
    all.map(({ isOfBureau, collectiveInvoice, ...client }, index) => {
      const bureau = index > 0 && isOfBureau ? 0 : null
      return {
        ...client,
        id: `client-${index}`,
        bureau,
        collectiveInvoice: bureau !== null && collectiveInvoice,
        activations: client.activations.filter(({ from, until }) => until === '' || from < until),
      }
    }),
  )

const tariff: fc.Arbitrary<RandomTariff> = fc.record({
  allowanceRequests: fc.integer({ min: 1, max: 20 }),
  allowanceMegabytes: fc.integer({ min: 1, max: 20 }),
  pricePerRequest: fc.constantFrom('0.017', '0.005', '3.5', '0.333'),
  pricePerMegabyte: fc.constantFrom('0.017', '1.005', '12'),
  pricePerMonth: fc.constantFrom('149', '0', '99.5'),
  bytesCounted: fc.constantFrom('request_and_response', 'request', 'response'),
})

/** Half a day around the month's two ends as often as within it. */
const timeMs = fc.oneof(
  fc.integer({ min: OCTOBER.fromMs, max: OCTOBER.toMs - 1 }),
  fc.integer({ min: OCTOBER.fromMs - 3_600_000, max: OCTOBER.fromMs + 3_600_000 }),
  fc.integer({ min: OCTOBER.toMs - 3_600_000, max: OCTOBER.toMs + 3_600_000 }),
)

const requestOf = (clientCount: number): fc.Arbitrary<RandomRequest> =>
  fc.record({
    client: fc.integer({ min: 0, max: clientCount }),
    integration: fc.oneof({ weight: 9, arbitrary: integration }, fc.constant('unheard-of' as const)),
    timeMs,
    status: fc.constantFrom(200, 204, 304, 404, 429, 500, 503, 0),
    requestBytes: fc.nat(2_000_000),
    responseBytes: fc.nat(2_000_000),
  })

export const randomMonth: fc.Arbitrary<RandomMonth> = clients.chain(known =>
  fc.record({
    clients: fc.constant(known),
    tariff,
    first: fc.array(requestOf(known.length), { minLength: 100, maxLength: 400, size: 'max' }),
    late: fc.array(requestOf(known.length), { maxLength: 100, size: 'max' }),
  }),
)
