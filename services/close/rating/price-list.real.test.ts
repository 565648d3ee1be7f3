import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Activation } from '@forbruk/schemas/registry/registry.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  countHourly,
  type Installation,
  openInstallation,
  removeInstallations,
} from '../../../test/support/close/counted-month.ts'
import {
  activation,
  BYTES,
  client,
  decided,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'
import { readUsage } from '../usage/read-usage.ts'

/** The published price list, row by row, with the amounts worked out by hand. */

/** `item quantity amount status` of each line that isn't free. */
function charges(statement: Statement | undefined): string[] {
  return (statement?.lines ?? [])
    .filter(line => line.item !== 'included')
    .map(line => `${line.item} ${line.quantity} ${line.amountNok} ${line.status}`)
}

const ofOne = (activations: Activation[], usage: ClientUse[] = []) =>
  rate(usage, registry([client('a')], activations)).statements[0]
const ACCESS = 'access_external 1 149.00 payable'

describe('1. always included', () => {
  test('internal and year-end integrations are lines of NOK 0, and use nothing up', () => {
    const statement = ofOne(
      [activation('a', 'year'), activation('a', 'web')],
      [use('a', 'web', 10n * REQUESTS, BYTES, BYTES), use('a', 'year', 1n, BYTES, BYTES)],
    )
    expect(statement?.lines).toEqual([
      expect.objectContaining({
        item: 'included',
        integrationId: 'web',
        quantity: '5000000',
        unit: 'request',
        unitPriceNok: '0',
        amountNok: '0.00',
      }),
      expect.objectContaining({ item: 'included', integrationId: 'year', quantity: '1', amountNok: '0.00' }),
    ])
    expect(statement).toMatchObject({
      status: 'payable',
      amountNok: '0.00',
      requests: '5000001',
      meteredRequests: '0',
      meteredBytes: '0',
    })
  })

  test('an integration without use is a line as well', () => {
    expect(ofOne([activation('a', 'year')])?.lines).toEqual([
      expect.objectContaining({ item: 'included', quantity: '0', amountNok: '0.00' }),
    ])
  })

  test('the year-end integration triggers no partner tier, on however many clients', () => {
    expect(tierOf(300, ['year'])).toEqual([])
    expect(tierOf(300, ['year', 'web', 'shop'])).toEqual([])
  })
})

/** What a partner pays with so many clients, each with these integrations. */
function tierOf(count: number, integrations = ['bi'], own: Activation[] = []): string[] {
  const clients = Array.from({ length: count }, (_, index) => client(`c${index}`, 'p'))
  const activations = clients.flatMap(({ clientId }) => integrations.map(id => activation(clientId, id)))
  const { statements } = rate([], registry([client('p'), ...clients], [...activations, ...own], ['p']))
  return charges(statements.find(statement => statement.clientId === 'p'))
}

describe('2. partner tiers', () => {
  test.each([
    [1, '200.00'],
    [99, '200.00'],
    [100, '500.00'],
    [250, '500.00'],
    [251, '1000.00'],
    [1000, '1000.00'],
  ])('%i clients', (count, amount) => {
    expect(tierOf(count)).toEqual([`partner_tier 1 ${amount} payable`])
  })

  test('0 clients: the first tier when the partner has the integration itself, else nothing', () => {
    expect(tierOf(0, ['bi'], [activation('p', 'bi')])).toEqual(['partner_tier 1 200.00 payable'])
    expect(tierOf(0)).toEqual([])
    expect(tierOf(300, [])).toEqual([])
  })

  test('the partner itself is none of its clients', () => {
    expect(tierOf(99, ['bi'], [activation('p', 'bi')])).toEqual(['partner_tier 1 200.00 payable'])
  })

  test('several partner integrations still make one tier, each client once', () => {
    expect(tierOf(99, ['bi', 'desk'])).toEqual(['partner_tier 1 200.00 payable'])
    expect(tierOf(251, ['bi', 'desk'])).toEqual(['partner_tier 1 1000.00 payable'])
  })

  test('a client counts that had one active on any day of the month, and once when it was switched off and on', () => {
    const activations = [
      activation('c', 'bi', '2026-01-01', '2026-10-05'),
      activation('c', 'bi', '2026-10-20'),
      activation('d', 'bi', '2026-10-31'),
      activation('e', 'bi', '2026-11-01'),
      activation('f', 'bi', '2026-01-01', '2026-10-01'),
    ]
    const clients = ['c', 'd', 'e', 'f'].map(id => client(id, 'p'))
    const { statements } = rate([], registry([...clients, client('p')], activations, ['p']))
    expect(statements.map(each => [each.clientId, each.lines[0]?.detail])).toEqual([
      ['p', 'T1: 2 clients on partner integrations'],
    ])
  })

  test('the partner pays, whoever else of its clients gets a collective invoice', () => {
    const known = registry([client('c', 'p', true), client('p')], [activation('c', 'bi')], ['p'])
    expect(rate([], known).statements.map(each => [each.clientId, each.payerId, ...charges(each)])).toEqual([
      ['p', 'p', 'partner_tier 1 200.00 payable'],
    ])
  })

  test('not available to an end customer: an exception, and no charge, used or not', () => {
    const known = registry([client('a'), client('b')], [activation('a', 'bi'), activation('b', 'bi')])
    const { statements, exceptions } = rate([use('b', 'bi', REQUESTS + 5n, BYTES, 9n)], known)
    expect(statements).toEqual([
      expect.objectContaining({ clientId: 'b', lines: [], requests: '500005', meteredRequests: '0' }),
    ])
    expect(exceptions).toEqual([
      { kind: 'no_partner', clientId: 'a', integrationId: 'bi', requests: '0', bytes: '0' },
      { kind: 'no_partner', clientId: 'b', integrationId: 'bi', requests: '500005', bytes: '30000000009' },
    ])
  })
})

describe('3. access to external integrations', () => {
  test('costs 149 once per client and month, however many there are, with or without use', () => {
    expect(charges(ofOne([activation('a', 'shop')]))).toEqual([ACCESS])
    expect(charges(ofOne([activation('a', 'shop'), activation('a', 'pos')], [use('a', 'shop', 3n)]))).toEqual(
      [ACCESS],
    )
  })

  test.each([
    ['from its last day', '2026-10-31', null, 1],
    ['until the day after its first', '2020-01-01', '2026-10-02', 1],
    ['from the day after it', '2026-11-01', null, 0],
    ['until its first day', '2020-01-01', '2026-10-01', 0],
  ])('active in the month %s', (_when, from, until, lines) => {
    expect(charges(ofOne([activation('a', 'shop', from, until)]))).toHaveLength(lines)
  })

  test('a partner pays it for its own client only', () => {
    const clients = [client('p'), client('c', 'p'), client('d', 'p')]
    const activations = ['p', 'c', 'd'].map(id => activation(id, 'shop'))
    const { statements } = rate([], registry(clients, activations, ['p']))
    expect(statements.map(each => [each.clientId, each.payerId, ...charges(each)])).toEqual([
      ['c', 'c', ACCESS],
      ['d', 'd', ACCESS],
      ['p', 'p', ACCESS],
    ])
    expect(
      rate([], registry(clients, activations.slice(1), ['p'])).statements.map(each => each.payerId),
    ).toEqual(['c', 'd'])
  })

  test('is not charged for use without activation, which is an exception', () => {
    const rated = rate(
      [use('a', 'shop', 7n, 1n, 2n)],
      registry([client('a')], [activation('a', 'shop', '2026-11-01')]),
    )
    expect(charges(rated.statements[0])).toEqual([])
    expect(rated.exceptions).toEqual([
      { kind: 'not_activated', clientId: 'a', integrationId: 'shop', requests: '7', bytes: '3' },
    ])
  })
})

describe('4. consumption', () => {
  test.each<[string, bigint, bigint, bigint, string[]]>([
    ['nothing', 0n, 0n, 0n, []],
    ['exactly 500 000 requests and 30 GB', REQUESTS, BYTES - 1n, 1n, []],
    ['one request above', REQUESTS + 1n, BYTES, 0n, ['overage_requests 1 0.02 proposed']],
    ['one byte above', REQUESTS, BYTES, 1n, ['overage_transfer 0.000001 0.00 proposed']],
    ['one MB above', REQUESTS, BYTES, 1_000_000n, ['overage_transfer 1 0.02 proposed']],
    ['requests above', 712_345n, 0n, 0n, ['overage_requests 212345 3609.87 proposed']],
    ['transfer above', 1n, 41_500_000_000n, 250_000n, ['overage_transfer 11500.25 195.50 proposed']],
    ['half an øre is rounded up', REQUESTS + 15n, 0n, 0n, ['overage_requests 15 0.26 proposed']],
    [
      'less than half an øre is rounded down',
      REQUESTS,
      BYTES,
      294_117n,
      ['overage_transfer 0.294117 0.00 proposed'],
    ],
    [
      'above both: they add up',
      REQUESTS + 1000n,
      BYTES,
      1_500_000n,
      ['overage_requests 1000 17.00 proposed', 'overage_transfer 1.5 0.03 proposed'],
    ],
  ])('%s', (_what, requests, requestBytes, responseBytes, expected) => {
    const statement = ofOne(
      [activation('a', 'shop')],
      [use('a', 'shop', requests, requestBytes, responseBytes)],
    )
    expect(charges(statement)).toEqual([ACCESS, ...expected])
    expect(statement?.status).toBe(expected.length > 0 ? 'proposed' : 'payable')
    expect(statement?.payableNok).toBe('149.00')
  })

  test('amounts beyond a double are exact', () => {
    const bytes = 2n ** 62n + BYTES
    const [, transfer] = ofOne([activation('a', 'shop')], [use('a', 'shop', 0n, bytes)])?.lines ?? []
    expect(transfer).toMatchObject({ quantity: '4611686018427.387904', amountNok: '78398662313.27' })
  })

  test('what is done through partner and external integrations adds up against one allowance', () => {
    const known = registry(
      [client('a', 'p'), client('p')],
      [activation('a', 'bi'), activation('a', 'shop')],
      ['p'],
    )
    const { statements } = rate([use('a', 'bi', REQUESTS), use('a', 'shop', 1n)], known)
    expect(charges(statements[0])).toEqual([ACCESS, 'overage_requests 1 0.02 proposed'])
  })

  test("a partner's own client has its own allowance, and pays for its own use alone", () => {
    const known = registry(
      [client('c', 'p'), client('p')],
      [activation('c', 'shop'), activation('p', 'shop')],
      ['p'],
    )
    const { statements } = rate([use('p', 'shop', REQUESTS + 100n), use('c', 'shop', REQUESTS)], known)
    expect(statements.map(each => [each.clientId, each.payerId, ...charges(each)])).toEqual([
      ['c', 'c', ACCESS],
      ['p', 'p', ACCESS, 'overage_requests 100 1.70 proposed'],
    ])
  })

  describe('over a month of local time, to the hour', () => {
    let place: Installation
    beforeEach(async () => {
      place = await openInstallation()
    })
    afterEach(() => place.log.close())
    afterAll(removeInstallations)

    test.each([
      ['2026-02', 28 * 24, '28 days'],
      ['2028-02', 29 * 24, '29 days'],
      ['2026-04', 30 * 24, '30 days'],
      ['2026-12', 31 * 24, '31 days'],
      ['2026-03', 31 * 24 - 1, '31 days, and the hour that summer time takes'],
      ['2026-10', 31 * 24 + 1, '31 days, and the hour that winter time gives'],
    ])('%s has %i hours: %s', async (month, hours) => {
      const period = parseBillingPeriod(month)
      // The same use in every hour, from long before the month until long after it.
      await countHourly(place.store, { from: `${month}-15T00:00:00Z`, hours: 25 * 24, requestsPerHour: 2 })
      const { usage } = await readUsage(
        place.store,
        place.log.topic,
        month,
        periodRange(period, 'Europe/Oslo'),
      )
      const consumption = {
        ...PUBLISHED.consumption,
        allowance: { requests: hours * 2 - 1, gigabytes: '30' },
      }
      const { statements } = rate(usage.slice(), registry([client('a')], [activation('a', 'shop')]), {
        ...PUBLISHED,
        consumption,
      })
      expect(statements[0]?.requests).toBe(String(hours * 2))
      expect(charges(statements[0])).toEqual([ACCESS, 'overage_requests 1 0.02 proposed'])
    })
  })
})

describe('5. who pays', () => {
  const known = registry(
    [client('a', 'p', true), client('b', 'p'), client('p')],
    [activation('a', 'shop'), activation('b', 'shop'), activation('p', 'shop'), activation('b', 'bi')],
    ['p'],
  )

  test('the client; a bureau client with a collective invoice through its partner, by client', () => {
    const { statements } = rate([use('a', 'shop', REQUESTS + 1n), use('b', 'shop', REQUESTS + 1n)], known)
    expect(statements.map(each => [each.clientId, each.payerId, each.payerName, ...charges(each)])).toEqual([
      ['a', 'p', 'P', ACCESS, 'overage_requests 1 0.02 proposed'],
      ['b', 'b', 'B', ACCESS, 'overage_requests 1 0.02 proposed'],
      ['p', 'p', 'P', 'partner_tier 1 200.00 payable', ACCESS],
    ])
  })

  test("a partner never pays for other clients' access or consumption", () => {
    const { statements } = rate([use('b', 'shop', 3n * REQUESTS, BYTES, BYTES)], known)
    const ofPartner = statements.filter(each => each.payerId === 'p' && each.clientId === 'b')
    expect(ofPartner).toEqual([])
    expect(charges(statements.find(each => each.clientId === 'p'))).toEqual([
      'partner_tier 1 200.00 payable',
      ACCESS,
    ])
  })

  test('usage of a client that the registry does not know is an exception, charged to nobody', () => {
    const rated = rate([use('stranger', 'shop', 9n * REQUESTS, 5n, 6n)], known)
    expect(rated.statements.map(each => each.clientId)).toEqual(['a', 'b', 'p'])
    expect(rated.exceptions).toEqual([
      {
        kind: 'unknown_client',
        clientId: 'stranger',
        integrationId: 'shop',
        requests: '4500000',
        bytes: '11',
      },
    ])
  })

  test('a client with neither usage nor lines gets no statement', () => {
    expect(rate([], registry([client('a')], [activation('a', 'shop', '2027-01-01')])).statements).toEqual([])
  })
})

describe('6. overage', () => {
  const known = registry([client('a')], [activation('a', 'shop')])
  const usage = [use('a', 'shop', REQUESTS + 100n)]
  const automatic = {
    ...PUBLISHED,
    consumption: { ...PUBLISHED.consumption, overage: 'automatic' as const },
  }

  test('is proposed, beside what is payable', () => {
    const [statement] = rate(usage, known).statements
    expect(statement).toMatchObject({
      status: 'proposed',
      amountNok: '150.70',
      payableNok: '149.00',
      proposedNok: '1.70',
    })
  })

  test("becomes payable, or is waived, by the case's decision", () => {
    const [charged] = rate(usage, known, PUBLISHED, new Map([['a', decided('charge')]])).statements
    expect(charges(charged)).toEqual([ACCESS, 'overage_requests 100 1.70 payable'])
    expect(charged).toMatchObject({ status: 'payable', payableNok: '150.70', proposedNok: '0.00' })
    const [waived] = rate(usage, known, PUBLISHED, new Map([['a', decided('waived')]])).statements
    expect(charges(waived)).toEqual([ACCESS, 'overage_requests 100 1.70 waived'])
    expect(waived).toMatchObject({ status: 'payable', payableNok: '149.00', proposedNok: '0.00' })
  })

  test('is payable at once when the tariff says automatic', () => {
    const { statements } = rate(usage, known, automatic)
    expect(statements[0]).toMatchObject({ status: 'payable', payableNok: '150.70', proposedNok: '0.00' })
  })
})
