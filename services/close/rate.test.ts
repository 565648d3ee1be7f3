import type { Activation } from '@forbruk/schemas/registry/registry.ts'
import { describe, expect, test } from 'vitest'
import type { Statement } from './statement.ts'
import {
  activation,
  BYTES,
  client,
  PUBLISHED,
  REQUESTS,
  rate,
  registry,
  use,
} from './testing/registry-values.ts'
import type { UsageRow } from './usage.ts'

/** `item quantity amount status` of each line that isn't free. */
function charges(statement: Statement | undefined): string[] {
  return (statement?.lines ?? [])
    .filter(line => line.item !== 'included')
    .map(line => `${line.item} ${line.quantity} ${line.amountNok} ${line.status}`)
}

const ofOne = (activations: Activation[], usage: UsageRow[] = []) =>
  rate(usage, registry([client('a')], activations)).statements[0]

describe('access to external integrations', () => {
  test('costs once, however many there are, with or without use', () => {
    expect(charges(ofOne([activation('a', 'shop'), activation('a', 'pos')]))).toEqual([
      'access_external 1 149.00 payable',
    ])
  })

  test.each([
    ['from its last day', '2026-10-31', null, 1],
    ['until the day after its first', '2020-01-01', '2026-10-02', 1],
    ['from the day after it', '2026-11-01', null, 0],
    ['until its first day', '2020-01-01', '2026-10-01', 0],
  ])('active %s', (_when, from, until, lines) => {
    expect(charges(ofOne([activation('a', 'shop', from, until)]))).toHaveLength(lines)
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

describe('what is included', () => {
  test('is a line of NOK 0 per internal and year-end integration, and uses nothing up', () => {
    const statement = ofOne(
      [activation('a', 'year'), activation('a', 'web')],
      [use('a', 'web', 10n * REQUESTS, BYTES, BYTES)],
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
      expect.objectContaining({ item: 'included', integrationId: 'year', quantity: '0', amountNok: '0.00' }),
    ])
    expect(statement).toMatchObject({
      status: 'payable',
      amountNok: '0.00',
      requests: '5000000',
      meteredRequests: '0',
      meteredBytes: '0',
    })
  })
})

describe('partner tiers', () => {
  function tierOf(count: number, integrations = ['bi']): string[] {
    const clients = Array.from({ length: count }, (_, index) => client(`c${index}`, 'p'))
    const activations = clients.flatMap(({ clientId }) => integrations.map(id => activation(clientId, id)))
    const { statements } = rate([], registry([client('p'), ...clients], activations, ['p']))
    return charges(statements.find(statement => statement.clientId === 'p'))
  }

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

  test('nobody on a partner integration: no tier', () => {
    expect(tierOf(0)).toEqual([])
    expect(tierOf(300, [])).toEqual([])
  })

  test('year-end and other kinds trigger none', () => {
    expect(tierOf(300, ['year', 'web', 'shop'])).toEqual([])
  })

  test('several integrations are one tier, each client once', () => {
    expect(tierOf(99, ['bi', 'desk'])).toEqual(['partner_tier 1 200.00 payable'])
  })

  test('the partner itself on one, with no clients: the first tier', () => {
    const { statements, exceptions } = rate([], registry([client('p')], [activation('p', 'bi')], ['p']))
    expect(charges(statements[0])).toEqual(['partner_tier 1 200.00 payable'])
    expect(exceptions).toEqual([])
  })

  test('an integration switched off and on again counts once', () => {
    const activations = [
      activation('c', 'bi', '2026-01-01', '2026-10-05'),
      activation('c', 'bi', '2026-10-20'),
    ]
    const { statements } = rate([], registry([client('c', 'p'), client('p')], activations, ['p']))
    expect(statements[0]?.lines[0]?.detail).toBe('T1: 1 client on partner integrations')
  })

  test('a client without a partner is an exception', () => {
    const { statements, exceptions } = rate([], registry([client('a')], [activation('a', 'bi')]))
    expect(statements).toEqual([])
    expect(exceptions).toEqual([
      { kind: 'no_partner', clientId: 'a', integrationId: 'bi', requests: '0', bytes: '0' },
    ])
  })
})

describe('consumption', () => {
  const on = [activation('a', 'shop')]
  const access = 'access_external 1 149.00 payable'

  test.each<[string, bigint, bigint, bigint, string[]]>([
    ['exactly what is included', REQUESTS, BYTES - 1n, 1n, []],
    ['one request above', REQUESTS + 1n, BYTES, 0n, ['overage_requests 1 0.02 proposed']],
    ['one byte above', REQUESTS, BYTES, 1n, ['overage_transfer 0.000001 0.00 proposed']],
    ['half an øre is rounded up', REQUESTS + 15n, 0n, 0n, ['overage_requests 15 0.26 proposed']],
    [
      'below half an øre is rounded down',
      REQUESTS,
      BYTES,
      294_117n,
      ['overage_transfer 0.294117 0.00 proposed'],
    ],
    [
      'both add up',
      REQUESTS + 1000n,
      BYTES,
      1_500_000n,
      ['overage_requests 1000 17.00 proposed', 'overage_transfer 1.5 0.03 proposed'],
    ],
  ])('%s', (_what, requests, requestBytes, responseBytes, expected) => {
    const statement = ofOne(on, [use('a', 'shop', requests, requestBytes, responseBytes)])
    expect(charges(statement)).toEqual([access, ...expected])
    expect(statement?.status).toBe(expected.length > 0 ? 'proposed' : 'payable')
    expect(statement?.payableNok).toBe('149.00')
  })

  test('amounts beyond a double are exact', () => {
    const bytes = 2n ** 62n + BYTES
    const [, transfer] = ofOne(on, [use('a', 'shop', 0n, bytes)])?.lines ?? []
    expect(transfer).toMatchObject({ quantity: '4611686018427.387904', amountNok: '78398662313.27' })
  })

  test('partner integrations and unnamed use count as well; unknown ones only when that is settled', () => {
    const known = registry([client('a', 'p'), client('p')], [activation('a', 'bi')], ['p'])
    const rated = rate([use('a', 'bi', REQUESTS - 2n), use('a', '', 3n), use('a', 'new', 5n)], known)
    expect(charges(rated.statements[0])).toEqual(['overage_requests 1 0.02 proposed'])
    expect(
      rated.statements[0]?.usage.map(({ integrationId, kind, meteredRequests }) => [
        integrationId,
        kind,
        meteredRequests,
      ]),
    ).toEqual([
      ['', 'unnamed', '3'],
      ['bi', 'partner', '499998'],
      ['new', 'unknown', '0'],
    ])
    expect(rated.exceptions.map(each => [each.kind, each.integrationId])).toEqual([
      ['unknown_integration', 'new'],
    ])
  })

  test('overage is payable at once when the tariff says so', () => {
    const automatic = {
      ...PUBLISHED,
      consumption: { ...PUBLISHED.consumption, overage: 'automatic' as const },
    }
    const { statements } = rate([use('a', 'shop', REQUESTS + 100n)], registry([client('a')], on), automatic)
    expect(statements[0]).toMatchObject({ status: 'payable', payableNok: '150.70', proposedNok: '0.00' })
  })

  test('MB and GB can be binary, and stay exact', () => {
    const definitions = {
      ...PUBLISHED.definitions,
      megabyteBytes: 1_048_576 as const,
      gigabyteBytes: 1_073_741_824 as const,
    }
    const known = registry([client('a')], on)
    const allowance = 30n * 1_073_741_824n
    expect(
      charges(rate([use('a', 'shop', 0n, allowance)], known, { ...PUBLISHED, definitions }).statements[0]),
    ).toEqual([access])
    const { statements } = rate([use('a', 'shop', 0n, allowance + 1n)], known, { ...PUBLISHED, definitions })
    expect(statements[0]?.lines[1]?.quantity).toBe('0.00000095367431640625')
  })
})

describe('who pays', () => {
  const known = registry(
    [client('a', 'p', true), client('b', 'p'), client('p')],
    [activation('a', 'shop'), activation('b', 'shop'), activation('p', 'shop'), activation('b', 'bi')],
    ['p'],
  )

  test('the client, or its partner with a collective invoice', () => {
    const { statements } = rate([], known)
    expect(
      statements.map(each => [each.clientId, each.payerId, each.payerName, charges(each).length]),
    ).toEqual([
      ['a', 'p', 'P', 1],
      ['b', 'b', 'B', 1],
      ['p', 'p', 'P', 2],
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
