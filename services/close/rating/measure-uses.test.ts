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

  test('every status, but those that the tariff leaves out, requests and transfer alike', () => {
    const usage = [
      use('a', 'shop', 100n, 10n, 1n, '2xx'),
      use('a', 'shop', 20n, 200n, 3n, '4xx'),
      use('a', 'shop', 3n, 3_000n, 5n, '5xx'),
      use('a', 'shop', 4n, 40_000n, 7n, '0xx'),
    ]
    expect(measure(usage)).toEqual(['shop external 127 of them 127, 43226 bytes'])
    expect(measure(usage, defining({ statusClassesNotCounted: ['5xx'] }))).toEqual([
      'shop external 127 of them 124, 40221 bytes',
    ])
    expect(measure(usage, defining({ statusClassesNotCounted: ['0xx', '4xx', '5xx'] }))).toEqual([
      'shop external 127 of them 100, 11 bytes',
    ])
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

  test('use without a name counts as external, or is an exception, as the tariff says', () => {
    const usage = [use('a', '', 500_100n, 5n, 6n)]
    expect(measure(usage)).toEqual([' unnamed 500100 of them 500100, 11 bytes'])
    expect(exceptionsOf(usage)).toEqual([])
    expect(rate(usage, known).statements[0]?.proposedNok).toBe('1.70')

    const asException = defining({ unnamedIntegration: 'exception' })
    expect(measure(usage, asException)).toEqual([' unnamed 500100 of them 0, 0 bytes'])
    expect(exceptionsOf(usage, asException)).toEqual(['unknown_integration a  500100 11'])
    expect(rate(usage, known, asException).statements[0]?.proposedNok).toBe('0.00')
  })

  test('use without a name is free where external use is, and gives no access', () => {
    const consumption = { ...PUBLISHED.consumption, meteredKinds: ['partner' as const] }
    const none = registry([client('a')], [])
    const [statement] = rate([use('a', '', 9_000_000n)], none, { ...PUBLISHED, consumption }).statements
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
