import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { describeTariff } from './describe-tariff.ts'
import {
  allowanceBytes,
  DEFAULT_TARIFF_URL,
  findTariffVersion,
  readTariff,
  type Tariff,
  TariffError,
  type TariffVersion,
} from './read-tariff.ts'
import { tariffShape } from './tariff-shape.ts'

const defaultText = readFileSync(DEFAULT_TARIFF_URL, 'utf8')
const demoText = readFileSync(new URL('../../demo/tariff.json', import.meta.url), 'utf8')

const versionFor = (tariff: Tariff, month: string): TariffVersion =>
  findTariffVersion(tariff, month) ?? expect.fail(`no version holds in ${month}`)

function faultsAfter(change: (tariff: Record<string, never>) => void): readonly string[] {
  const json = JSON.parse(defaultText)
  change(json)
  try {
    readTariff(JSON.stringify(json), 't.json')
  } catch (error) {
    if (error instanceof TariffError) return error.faults
    throw error
  }
  return []
}

describe('the shipped tariffs', () => {
  test('the default says the published prices', () => {
    const version = versionFor(readTariff(defaultText, 'default'), '2026-10')
    expect(version.partnerTiers.map(tier => [tier.clientsMin, tier.clientsMax, tier.pricePerMonth])).toEqual([
      [0, 99, '200'],
      [100, 250, '500'],
      [251, null, '1000'],
    ])
    expect(version.externalAccess.pricePerMonth).toBe('149')
    expect(version.consumption).toMatchObject({
      allowance: { requests: 500_000, gigabytes: '30' },
      pricePerRequest: '0.017',
      pricePerMegabyte: '0.017',
      overage: 'dialogue',
    })
    expect(allowanceBytes(version)).toBe(30_000_000_000n)
  })

  test('the demonstration differs by what is included, a choice that the published prices leave, and its note', () => {
    const [published, demo] = [defaultText, demoText].map(text => JSON.parse(text).versions.at(-1))
    const { allowance, ...demoConsumption } = demo.consumption
    expect(allowance).toEqual({ requests: 10_000, gigabytes: '0.6' })
    expect(demo.note).toContain('1/50')
    const { note, validFrom } = published
    const definitions = { ...demo.definitions, unnamedIntegration: 'undecided' }
    const consumption = { ...demoConsumption, allowance: null }
    expect({ ...demo, note, validFrom, definitions, consumption }).toEqual({
      ...published,
      consumption: { ...published.consumption, allowance: null },
    })
    expect(allowanceBytes(versionFor(readTariff(demoText, 'demo'), '2026-10'))).toBe(600_000_000n)
  })

  test('the schema for editors says what the reader checks', () => {
    const schema = JSON.parse(readFileSync(new URL('./tariff.schema.json', import.meta.url), 'utf8'))
    expect(schema).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(tariffShape, { io: 'input' }))))
  })
})

describe('readTariff', () => {
  test('names path, value and what was expected of every mistake', () => {
    const faults = faultsAfter(tariff => {
      const [version] = Object(tariff).versions
      version.consumption.pricePerRequest = 0.017
      version.externalAccess.pricePerMonth = '149,00'
      version.consumption.allowance.gigabytes = '-30'
      delete version.definitions.rounding
      version.partnerTiers[1].clientsMin = 101
      Object(tariff).timeZone = 'Europe/Olso'
      Object(tariff).vat = 25
    })
    expect(faults).toContain('$.vat is unknown; expected no such field')
    expect(faults).toContain(
      '$.versions[0].consumption.pricePerRequest is 0.017; expected a price in NOK as text, such as "0.017"',
    )
    expect(faults).toContain(
      '$.versions[0].externalAccess.pricePerMonth is "149,00"; expected a price in NOK as text, such as "0.017"',
    )
    expect(faults).toContain(
      '$.versions[0].consumption.allowance.gigabytes is "-30"; expected gigabytes as text, such as "30"',
    )
    expect(faults).toContain('$.versions[0].definitions.rounding is missing; expected "half_up_per_line"')
    expect(faults).toContain(
      '$.versions[0].partnerTiers[1].clientsMin is 101; expected 100, where the tier before ends',
    )
    expect(faults).toContain('$.timeZone is "Europe/Olso"; expected an IANA time zone such as "Europe/Oslo"')
  })

  test.each([
    [
      'a hole between tiers',
      (v: { partnerTiers: Record<string, unknown>[] }) =>
        Object.assign(v.partnerTiers[1] ?? {}, { clientsMin: 101 }),
      '$.versions[0].partnerTiers[1].clientsMin is 101; expected 100, where the tier before ends',
    ],
    [
      'an overlap of tiers',
      (v: { partnerTiers: Record<string, unknown>[] }) =>
        Object.assign(v.partnerTiers[0] ?? {}, { clientsMax: 100 }),
      '$.versions[0].partnerTiers[1].clientsMin is 100; expected 101, where the tier before ends',
    ],
    [
      'an end of the last tier',
      (v: { partnerTiers: Record<string, unknown>[] }) =>
        Object.assign(v.partnerTiers[2] ?? {}, { clientsMax: 999 }),
      '$.versions[0].partnerTiers[2].clientsMax is 999; expected null: the last tier has no end',
    ],
    [
      'a tier without end in between',
      (v: { partnerTiers: Record<string, unknown>[] }) =>
        Object.assign(v.partnerTiers[0] ?? {}, { clientsMax: null }),
      '$.versions[0].partnerTiers[0].clientsMax is null; expected a number: only the last tier has no end',
    ],
  ])('refuses %s', (_what, change, expected) => {
    expect(faultsAfter(tariff => change(Object(tariff).versions[0]))).toEqual([expected])
  })

  test('refuses a part of a byte, a kind twice, and versions out of order', () => {
    const faults = faultsAfter(tariff => {
      const [version] = Object(tariff).versions
      version.definitions.gigabyteBytes = 1_073_741_824
      version.consumption.allowance.gigabytes = '0.1'
      version.consumption.meteredKinds.push('external')
      Object(tariff).versions = [version, structuredClone(version)]
      version.validFrom = '2021-01'
      Object(tariff).versions[1].consumption.allowance.gigabytes = '1'
      Object(tariff).versions[1].consumption.meteredKinds = ['external']
    })
    expect(faults).toEqual([
      '$.versions[0].consumption.meteredKinds is ["partner","external","external"]; expected each kind once',
      '$.versions[0].consumption.allowance.gigabytes is "0.1"; expected gigabytes that are a whole number of bytes',
      '$.versions[1].validFrom is "2020-01"; expected a month after 2021-01',
    ])
  })

  test('says what may stand in each definition', () => {
    const faults = faultsAfter(tariff => {
      const [version] = Object(tariff).versions
      Object.assign(version.definitions, {
        bytesCounted: 'all',
        megabyteBytes: 1_000_001,
        statusClassesNotCounted: ['5xx', '503'],
        unnamedIntegration: null,
      })
      version.consumption.overage = 'auto'
      Object(tariff).currency = 'EUR'
    })
    expect(faults.toSorted()).toEqual([
      '$.currency is "EUR"; expected "NOK"',
      '$.versions[0].consumption.overage is "auto"; expected "dialogue" or "automatic"',
      '$.versions[0].definitions.bytesCounted is "all"; expected "request_and_response", "request" or "response"',
      '$.versions[0].definitions.megabyteBytes is 1000001; expected 1000000 or 1048576',
      '$.versions[0].definitions.statusClassesNotCounted[1] is "503"; ' +
        'expected "0xx", "1xx", "2xx", "3xx", "4xx", "5xx" or "429"',
      '$.versions[0].definitions.unnamedIntegration is null; ' +
        'expected "internal", "external", "exception" or "undecided"',
    ])
  })

  test('refuses a status class twice, and a version that does not say which count', () => {
    const classes = '$.versions[0].definitions.statusClassesNotCounted'
    const faultsWith = (statusClassesNotCounted: unknown) =>
      faultsAfter(tariff => {
        Object.assign(Object(tariff).versions[0].definitions, { statusClassesNotCounted })
      })
    expect(faultsWith(['5xx', '5xx'])).toEqual([`${classes} is ["5xx","5xx"]; expected each class once`])
    expect(faultsWith(undefined)).toEqual([
      `${classes} is missing; ` +
        'expected a list of status classes, such as ["429", "5xx"]; an empty one when every status counts',
    ])
  })

  test('reads what an editor wrote with a byte order mark', () => {
    expect(readTariff(`\ufeff${defaultText}`, 't')).toEqual(readTariff(defaultText, 't'))
  })

  test('says that a file is no JSON', () => {
    expect(() => readTariff('{', 'x.json')).toThrow(/the tariff x\.json can't be used:\n {2}\$ is no JSON/)
  })
})

describe('findTariffVersion', () => {
  const json = JSON.parse(defaultText)
  json.versions = [
    json.versions[0],
    { ...json.versions[0], validFrom: '2026-10', externalAccess: { pricePerMonth: '159' } },
  ]
  const tariff = readTariff(JSON.stringify(json), 't')

  test('a month is rated with the version that held', () => {
    expect(versionFor(tariff, '2026-09').externalAccess.pricePerMonth).toBe('149')
    expect(versionFor(tariff, '2026-10').externalAccess.pricePerMonth).toBe('159')
    expect(versionFor(tariff, '2031-01').externalAccess.pricePerMonth).toBe('159')
    expect(findTariffVersion(tariff, '2019-12')).toBeNull()
  })

  test('definitions are printed from the values', () => {
    const version = versionFor(tariff, '2026-09')
    const text = describeTariff(tariff, version).join('\n')
    for (const part of [
      '500000 requests and 30 GB',
      '1 MB is 1000000 bytes',
      'half up',
      'exclusive of VAT',
      'Europe/Oslo',
    ]) {
      expect(text).toContain(part)
    }
    expect(describeTariff(tariff, version).at(-1)).toBe(version.note)
  })

  test('other definitions are printed otherwise', () => {
    const version = versionFor(tariff, '2026-09')
    const describeWith = (definitions: Partial<typeof version.definitions>) =>
      describeTariff(tariff, { ...version, definitions: { ...version.definitions, ...definitions } }).join(
        '\n',
      )
    const classes = describeWith({ bytesCounted: 'response', statusClassesNotCounted: ['5xx', '0xx'] })
    expect(classes).toContain('Bytes are those of the response. Requests of every status but 0xx, 5xx count.')
    expect(describeWith({ unnamedIntegration: 'internal' })).toContain('no integration counts as internal.')
    expect(describeWith({ unnamedIntegration: 'exception' })).toContain(
      'Use for which the gateway names no integration is listed as an exception, and not charged.',
    )
    expect(describeWith({ unnamedIntegration: 'undecided' })).toContain(
      'A month with use for which the gateway names no integration is not closed until the tariff says what that is.',
    )
    expect(describeWith({ unknownIntegration: 'external' })).toContain(
      'Use through an integration that the registry does not know counts as external; it is no access by itself.',
    )
  })

  test('months before October 2026 are rated as they were: every status counts', () => {
    const published = readTariff(defaultText, 'default')
    expect(versionFor(published, '2026-09').definitions).toMatchObject({
      statusClassesNotCounted: [],
      unnamedIntegration: 'external',
    })
    expect(versionFor(published, '2026-10').definitions).toMatchObject({
      statusClassesNotCounted: ['429', '5xx'],
      unnamedIntegration: 'undecided',
    })
  })
})
