import { Decimal } from 'decimal.js'
import { z } from 'zod'
import { STATUS_CLASSES } from '../event/status-class.ts'
import { INTEGRATION_KINDS } from '../registry/registry.ts'

/** The tariff that holds when no other is named. */
export const DEFAULT_TARIFF_URL = new URL('./default-tariff.json', import.meta.url)

/** The tariff file is wrong; `faults` names every mistake by JSON path, value and what was expected. */
export class TariffError extends Error {
  override name = 'TariffError'
  readonly faults: readonly string[]
  constructor(name: string, faults: readonly string[]) {
    super(`the tariff ${name} can't be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

const oneOf = (values: readonly string[]) =>
  values
    .map((value, index) => `${index === 0 ? '' : index === values.length - 1 ? ' or ' : ', '}"${value}"`)
    .join('')

const price = z
  .string({ error: 'a price in NOK as text, such as "0.017"' })
  .regex(/^\d{1,9}(\.\d{1,6})?$/, { error: 'a price in NOK as text, such as "0.017"' })
  .describe('NOK, exclusive of VAT, as decimal text with at most 6 decimals so that it stays exact')
const wholeNumber = z.int({ error: 'a whole number of at least 0' }).min(0, {
  error: 'a whole number of at least 0',
})

const partnerTier = z.strictObject(
  {
    name: z.string({ error: 'a name' }).min(1, { error: 'a name' }).describe('Printed on statements'),
    clientsMin: wholeNumber.describe('The tier holds from this number of clients'),
    clientsMax: wholeNumber
      .nullable()
      .describe('The last number of clients it holds for; null in the last tier'),
    pricePerMonth: price,
  },
  { error: 'an object' },
)

const consumption = z.strictObject(
  {
    allowance: z
      .strictObject(
        {
          requests: wholeNumber.describe('Requests included per client and month'),
          gigabytes: z
            .string({ error: 'gigabytes as text, such as "30"' })
            .regex(/^\d{1,9}(\.\d{1,9})?$/, { error: 'gigabytes as text, such as "30"' })
            .describe('Gigabytes included per client and month, as decimal text'),
        },
        { error: 'an object' },
      )
      .describe('What is included per client and month; both overages add up'),
    pricePerRequest: price.describe('NOK per request above the allowance'),
    pricePerMegabyte: price.describe(
      'NOK per megabyte above the allowance; parts of one count in proportion',
    ),
    overage: z
      .enum(['dialogue', 'automatic'], { error: '"dialogue" or "automatic"' })
      .describe(
        'dialogue: overage is proposed, and payable only when a case decides so; automatic: payable at once',
      ),
    meteredKinds: z
      .array(z.enum(INTEGRATION_KINDS, { error: `one of ${INTEGRATION_KINDS.join(', ')}` }), {
        error: 'a list of integration kinds',
      })
      .describe('Kinds of integration whose use counts against the allowance; use through others is free'),
  },
  { error: 'an object' },
)

const BYTES_COUNTED = ['request_and_response', 'request', 'response'] as const
const UNNAMED_INTEGRATION = ['external', 'exception'] as const

const definitions = z
  .strictObject(
    {
      megabyteBytes: z
        .literal([1_000_000, 1_048_576], { error: '1000000 or 1048576' })
        .describe('Bytes in a megabyte'),
      gigabyteBytes: z
        .literal([1_000_000_000, 1_073_741_824], { error: '1000000000 or 1073741824' })
        .describe('Bytes in a gigabyte'),
      bytesCounted: z
        .enum(BYTES_COUNTED, { error: oneOf(BYTES_COUNTED) })
        .describe(
          'What counts as transfer: bytes of the request, the response or both, as the gateway reports them',
        ),
      statusClassesNotCounted: z
        .array(z.enum(STATUS_CLASSES, { error: oneOf(STATUS_CLASSES) }), {
          error: 'a list of status classes',
        })
        .default([])
        .describe(
          'Requests answered with these status classes count neither as requests nor as transfer; without the list all count',
        ),
      partialMegabytes: z
        .literal('exact', { error: '"exact"' })
        .describe('Part of a megabyte is priced in proportion, not rounded'),
      unnamedIntegration: z
        .enum(UNNAMED_INTEGRATION, { error: oneOf(UNNAMED_INTEGRATION) })
        .describe(
          'Use for which the gateway names no integration. external: it counts against the allowance; exception: it is listed on the close and not charged',
        ),
      rounding: z
        .literal('half_up_per_line', { error: '"half_up_per_line"' })
        .describe('Each line is rounded once, half up to the øre'),
      valueAddedTax: z
        .literal('exclusive', { error: '"exclusive"' })
        .describe('Amounts are exclusive of VAT'),
    },
    { error: 'an object' },
  )
  .describe('What the prices leave open; printed on every statement')

const MONTH = 'a month as YYYY-MM'
const version = z.strictObject(
  {
    validFrom: z
      .string({ error: MONTH })
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: MONTH })
      .describe(
        'The first month it holds for, as YYYY-MM; a month is rated with the newest version that holds',
      ),
    note: z.string({ error: 'text' }).optional().describe('For readers; printed on every statement'),
    partnerTiers: z
      .array(partnerTier, { error: 'a list of tiers' })
      .min(1, { error: 'at least one tier' })
      .describe('What a partner pays per month, by the number of its clients on partner integrations'),
    externalAccess: z
      .strictObject({ pricePerMonth: price }, { error: 'an object' })
      .describe('What a client pays per month for access to external integrations, however many'),
    consumption,
    definitions,
  },
  { error: 'an object' },
)

/** One version, as a close keeps the one it was rated with. */
export const tariffVersionShape = version

/** The shape of a tariff file; `tariff.schema.json` says the same to editors. */
export const tariffShape = z
  .strictObject(
    {
      $schema: z.string({ error: 'text' }).optional().describe('Where editors find this schema'),
      currency: z.literal('NOK', { error: '"NOK"' }),
      timeZone: z
        .string({ error: 'an IANA time zone such as "Europe/Oslo"' })
        .refine(isTimeZone, { error: 'an IANA time zone such as "Europe/Oslo"' })
        .describe('The time zone of billing periods and activation dates'),
      versions: z
        .array(version, { error: 'a list of versions' })
        .min(1, { error: 'at least one version' })
        .superRefine(checkVersions)
        .describe('Oldest first'),
    },
    { error: 'an object' },
  )
  .describe('Prices, allowances and definitions, each version with the month it holds from')

export type Tariff = Readonly<z.output<typeof tariffShape>>
export type TariffVersion = Tariff['versions'][number]
export type PartnerTier = TariffVersion['partnerTiers'][number]

/** Reads a tariff file's text. `name` is what errors call it. Throws TariffError with every mistake. */
export function readTariff(text: string, name: string): Tariff {
  const json = parseJson(text, name)
  const result = tariffShape.safeParse(json)
  if (result.success) return result.data
  throw new TariffError(
    name,
    result.error.issues.flatMap(issue => describeIssue(issue, json)),
  )
}

/** The version a month (`YYYY-MM`) is rated with. Throws TariffError when the month is before the first. */
export function tariffVersionFor(tariff: Tariff, month: string): TariffVersion {
  const version = tariff.versions.findLast(candidate => candidate.validFrom <= month)
  if (version !== undefined) return version
  const first = tariff.versions[0]?.validFrom ?? 'never'
  throw new TariffError('in use', [`it holds from ${first}; expected a version that holds in ${month}`])
}

/** Bytes included per client and month: a whole number. */
export function allowanceBytes(version: Pick<TariffVersion, 'consumption' | 'definitions'>): bigint {
  const gigabytes = new Decimal(version.consumption.allowance.gigabytes)
  return BigInt(gigabytes.times(version.definitions.gigabyteBytes).toFixed())
}

type VersionIssues = z.RefinementCtx<z.output<typeof version>[]>

function checkVersions(versions: readonly z.output<typeof version>[], issues: VersionIssues): void {
  for (const [index, each] of versions.entries()) {
    const previous = versions[index - 1]
    if (previous !== undefined && each.validFrom <= previous.validFrom) {
      issues.addIssue({
        code: 'custom',
        path: [index, 'validFrom'],
        message: `a month after ${previous.validFrom}`,
      })
    }
    checkTiers(each.partnerTiers, [index, 'partnerTiers'], issues)
    checkAllowance(each, [index, 'consumption', 'allowance', 'gigabytes'], issues)
    checkOnce(each.consumption.meteredKinds, [index, 'consumption', 'meteredKinds'], 'each kind once', issues)
    const classes = each.definitions.statusClassesNotCounted
    checkOnce(classes, [index, 'definitions', 'statusClassesNotCounted'], 'each class once', issues)
  }
}

function checkOnce(
  values: readonly string[],
  path: readonly PropertyKey[],
  message: string,
  issues: VersionIssues,
): void {
  if (new Set(values).size < values.length) issues.addIssue({ code: 'custom', path: [...path], message })
}

/** Every number of clients belongs to exactly one tier. */
function checkTiers(
  tiers: readonly z.output<typeof partnerTier>[],
  path: readonly PropertyKey[],
  issues: VersionIssues,
): void {
  let next: number | null = 0
  for (const [index, tier] of tiers.entries()) {
    const add = (field: string, message: string) =>
      issues.addIssue({ code: 'custom', path: [...path, index, field], message })
    if (next !== null && tier.clientsMin !== next) add('clientsMin', `${next}, where the tier before ends`)
    const isLast = index === tiers.length - 1
    if (isLast && tier.clientsMax !== null) add('clientsMax', 'null: the last tier has no end')
    if (!isLast && tier.clientsMax === null) add('clientsMax', 'a number: only the last tier has no end')
    if (tier.clientsMax !== null && tier.clientsMax < tier.clientsMin) {
      add('clientsMax', `at least ${tier.clientsMin}`)
    }
    next = tier.clientsMax === null ? null : tier.clientsMax + 1
  }
}

function checkAllowance(
  each: z.output<typeof version>,
  path: readonly PropertyKey[],
  issues: VersionIssues,
): void {
  const bytes = new Decimal(each.consumption.allowance.gigabytes).times(each.definitions.gigabyteBytes)
  if (!bytes.isInteger()) {
    issues.addIssue({
      code: 'custom',
      path: [...path],
      message: 'gigabytes that are a whole number of bytes',
    })
  }
}

function isTimeZone(name: string): boolean {
  try {
    // An offset such as +01:00 is accepted by Intl as well, but has no summer time.
    new Intl.DateTimeFormat('en', { timeZone: name })
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}

function parseJson(text: string, name: string): unknown {
  try {
    // Some editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TariffError(name, [
      `$ is no JSON (${reason}); expected a tariff as in ${DEFAULT_TARIFF_URL.pathname}`,
    ])
  }
}

function describeIssue(issue: z.core.$ZodIssue, json: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => `${jsonPath([...issue.path, key])} is unknown; expected no such field`)
  }
  return [`${jsonPath(issue.path)} is ${show(valueAt(json, issue.path))}; expected ${issue.message}`]
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    '$',
  )
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  )
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
