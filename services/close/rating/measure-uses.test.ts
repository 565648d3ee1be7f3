import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { describe, expect, test } from 'vitest'
import {
  activation,
  BYTES,
  client,
  PUBLISHED,
  rate,
  registry,
  use,
} from '../../../test/support/close/registry-values.ts'

const known = registry(
  [client('a', 'p'), client('p')],
  [activation('a', 'shop'), activation('a', 'bi'), activation('a', 'web')],
  ['p'],
)
const defining = (definitions: Partial<TariffVersion['definitions']>): TariffVersion => ({
  ...PUBLISHED,
  definitions: { ...PUBLISHED.definitions, ...definitions },
})
/** `integration kind requests of them metered, bytes metered` of client a. */
function measure(usage: Parameters<typeof rate>[0], version: TariffVersion = PUBLISHED) {
  const [statement] = rate(usage, known, version).statements
  return (statement?.usage ?? []).map(
    ({ integrationId, kind, requests, meteredRequests, meteredBytes }) =>
      `${integrationId} ${kind} ${requests} of them ${meteredRequests}, ${meteredBytes} bytes`,
  )
}

describe('what counts', () => {
  test('the kinds that the tariff meters', () => {
    const usage = [use('a', 'web', 5n, 1n), use('a', 'bi', 6n, 2n), use('a', 'shop', 7n, 3n)]
    expect(measure(usage)).toEqual([
      'bi partner 6 of them 6, 2 bytes',
      'shop external 7 of them 7, 3 bytes',
      'web internal 5 of them 0, 0 bytes',
    ])
    const consumption = { ...PUBLISHED.consumption, meteredKinds: ['internal' as const] }
    expect(measure(usage, { ...PUBLISHED, consumption })).toEqual([
      'bi partner 6 of them 0, 0 bytes',
      'shop external 7 of them 0, 0 bytes',
      'web internal 5 of them 5, 1 bytes',
    ])
  })

  test.each([
    ['request_and_response' as const, '33'],
    ['request' as const, '30'],
    ['response' as const, '3'],
  ])('transfer of %s', (bytesCounted, bytes) => {
    expect(measure([use('a', 'shop', 1n, 30n, 3n)], defining({ bytesCounted }))).toEqual([
      `shop external 1 of them 1, ${bytes} bytes`,
    ])
  })

  const answered = [
    use('a', 'shop', 100n, 10n, 1n, '2xx'),
    use('a', 'shop', 20n, 200n, 3n, '4xx'),
    use('a', 'shop', 3n, 3_000n, 5n, '5xx'),
    use('a', 'shop', 4n, 40_000n, 7n, '0xx'),
    use('a', 'shop', 500n, 9n, 0n, '429'),
    use('a', 'shop', 6_000n, 8n, 0n, '401/407'),
  ]
  test.each([
    [['429', '5xx'] as const, 124, 40_221],
    [[], 627, 43_235],
    [['4xx'] as const, 107, 43_023],
    [['0xx', '429', '4xx', '5xx'] as const, 100, 11],
  ])('with %s left out, and 401 and 407 always', (statusClassesNotCounted, requests, bytes) => {
    const version = defining({ statusClassesNotCounted: [...statusClassesNotCounted] })
    expect(measure(answered, version)).toEqual([`shop external 6627 of them ${requests}, ${bytes} bytes`])
  })

  test('what was left out is on the statement, by status, and adds up', () => {
    const [statement] = rate(answered, known).statements
    expect(statement?.usage[0]?.notCounted).toEqual([
      { statusClass: '5xx', requests: '3', bytes: '3005' },
      { statusClass: '429', requests: '500', bytes: '9' },
      { statusClass: '401/407', requests: '6000', bytes: '8' },
    ])
  })

  test('an allowance can not be used up in the name of another, nor by refusals', () => {
    const usage = [
      use('a', 'shop', 500_000n),
      use('a', 'shop', 9_000_000n, 0n, 0n, '401/407'),
      use('a', 'shop', 9_000_000n, 0n, 0n, '429'),
      use('a', 'shop', 9_000_000n, 0n, 0n, '5xx'),
    ]
    expect(rate(usage, known).statements[0]?.amountNok).toBe('149.00')
  })
})

describe('what does not count, and must not go unseen', () => {
  const exceptionsOf = (usage: Parameters<typeof rate>[0], version: TariffVersion = PUBLISHED) =>
    rate(usage, known, version).exceptions.map(
      ({ kind, clientId, integrationId, requests, bytes }) =>
        `${kind} ${clientId} ${integrationId} ${requests} ${bytes}`,
    )

  test('use through an integration that is unknown or was not activated, of every status at once', () => {
    const usage = [
      use('a', 'new', 1n, 1n, 1n, '2xx'),
      use('a', 'new', 2n, 2n, 2n, '5xx'),
      use('a', 'pos', 3n, 3n, 3n),
      use('x', 'shop', 4n, 4n, 4n, '4xx'),
    ]
    const version = defining({ statusClassesNotCounted: ['5xx'] })
    expect(measure(usage, version)).toEqual([
      'new unknown 3 of them 0, 0 bytes',
      'pos external 3 of them 0, 0 bytes',
    ])
    expect(exceptionsOf(usage, version)).toEqual([
      'unknown_integration a new 3 6',
      'not_activated a pos 3 6',
      'unknown_client x shop 4 8',
    ])
  })

  test('it makes no charge, however much it is', () => {
    const usage = [use('a', 'new', 10_000_000n, BYTES), use('a', 'pos', 10_000_000n, BYTES, BYTES)]
    expect(rate(usage, known).statements[0]?.amountNok).toBe('149.00')
  })

  test('it is charged once the registry knows it', () => {
    const settled = { ...known, activations: [...known.activations, activation('a', 'pos', '2026-10-31')] }
    const rated = rate([use('a', 'pos', 500_100n)], settled)
    expect(rated.exceptions).toEqual([])
    expect(rated.statements[0]?.amountNok).toBe('150.70')
  })

  test.each([
    ['external', 500_100, '1.70', null],
    ['internal', 0, '0.00', null],
    ['exception', 0, '0.00', 'unknown_integration'],
    ['undecided', 0, '0.00', 'undecided_integration'],
  ] as const)(
    'use without a name is %s, as the tariff says, and use by an unknown one',
    (rule, metered, nok, kind) => {
      const rules = defining({ unnamedIntegration: rule, unknownIntegration: rule })
      for (const [integrationId, name] of [
        ['', 'unnamed'],
        ['new', 'unknown'],
      ] as const) {
        const usage = [use('a', integrationId, 500_100n)]
        expect(measure(usage, rules)).toEqual([`${integrationId} ${name} 500100 of them ${metered}, 0 bytes`])
        expect(exceptionsOf(usage, rules)).toEqual(
          kind === null ? [] : [`${kind} a ${integrationId} 500100 0`],
        )
        expect(rate(usage, known, rules).statements[0]?.proposedNok).toBe(nok)
      }
    },
  )

  test('without a choice, use through an unknown integration is an exception', () => {
    expect(exceptionsOf([use('a', 'new', 1n)])).toEqual(['unknown_integration a new 1 0'])
  })

  test('what would count for nothing by its status needs no decision', () => {
    const refused = [use('a', '', 7n, 0n, 9n, '429'), use('a', '', 8n, 0n, 9n, '401/407')]
    expect(exceptionsOf(refused)).toEqual([])
    expect(exceptionsOf([...refused, use('a', '', 1n)])).toEqual(['undecided_integration a  16 18'])
  })

  test('use without a name is free where external use is, and gives no access', () => {
    const consumption = { ...PUBLISHED.consumption, meteredKinds: ['partner' as const] }
    const none = registry([client('a')], [])
    const version = { ...defining({ unnamedIntegration: 'external' }), consumption }
    const [statement] = rate([use('a', '', 9_000_000n)], none, version).statements
    expect(statement).toMatchObject({ requests: '9000000', meteredRequests: '0', lines: [] })
  })
})

test('MB and GB can be binary, and stay exact', () => {
  const version = defining({ megabyteBytes: 1_048_576, gigabyteBytes: 1_073_741_824 })
  const allowance = 30n * 1_073_741_824n
  const transferOf = (bytes: bigint) =>
    rate([use('a', 'shop', 0n, bytes)], known, version).statements[0]?.lines.find(
      line => line.item === 'overage_transfer',
    )?.quantity
  expect(transferOf(allowance)).toBeUndefined()
  expect(transferOf(allowance + 1n)).toBe('0.00000095367431640625')
})
