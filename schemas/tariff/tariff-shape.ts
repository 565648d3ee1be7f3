import { Decimal } from 'decimal.js'
import { z } from 'zod'
import { TARIFF_STATUS_CLASSES } from '../event/status-class.ts'
import { INTEGRATION_KINDS } from '../registry/registry.ts'
import { ACROSS } from '../text/across.ts'
import { isPlainName, isPlainNote, NAME_RULE, NOTE_RULE } from '../text/plain-text.ts'

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
            // What is no number is not gone on with, to whether it comes to whole bytes.
            .regex(/^\d{1,9}(\.\d{1,9})?$/, { error: 'gigabytes as text, such as "30"', abort: true })
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
      .superRefine(checkOnce('each kind once'))
      .describe('Kinds of integration whose use counts against the allowance; use through others is free'),
  },
  { error: 'an object' },
)

const BYTES_COUNTED = ['request_and_response', 'request', 'response'] as const
/** What becomes of use whose integration can't be looked up. */
const INTEGRATION_RULES = ['internal', 'external', 'exception', 'undecided'] as const

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
        .array(z.enum(TARIFF_STATUS_CLASSES, { error: oneOf(TARIFF_STATUS_CLASSES) }), {
          error: 'a list of status classes, such as ["429", "5xx"]; an empty one when every status counts',
        })
        .superRefine(checkOnce('each class once'))
        .describe(
          'Requests answered with these status classes count neither as requests nor as transfer. 4xx has 429 in it; ' +
            '401 and 407 never count',
        ),
      partialMegabytes: z
        .literal('exact', { error: '"exact"' })
        .describe('Part of a megabyte is priced in proportion, not rounded'),
      unnamedIntegration: z
        .enum(INTEGRATION_RULES, { error: oneOf(INTEGRATION_RULES) })
        .describe(
          'Use for which the gateway names no integration. internal, external: it is use through such a one; ' +
            'exception: it is listed on the close and not charged; undecided: a month with such use is not closed',
        ),
      unknownIntegration: z
        .enum(INTEGRATION_RULES, { error: oneOf(INTEGRATION_RULES) })
        .optional()
        .describe(
          'Use through an integration that the registry does not know: the same choices; exception without the field',
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
  .describe('What the prices leave open; every statement says it in words')

const MONTH = 'a month as YYYY-MM'
const version = z.strictObject(
  {
    validFrom: z
      .string({ error: MONTH })
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: MONTH })
      .describe(
        'The first month it holds for, as YYYY-MM; a month is rated with the newest version that holds',
      ),
    note: z
      .string({ error: 'text' })
      .optional()
      .describe('For readers of the file and of the proof of a month'),
    partnerTiers: z
      .array(partnerTier, { error: 'a list of tiers' })
      .min(1, { error: 'at least one tier' })
      .superRefine(checkTiers)
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
export type IntegrationRule = (typeof INTEGRATION_RULES)[number]
type PartnerTier = z.output<typeof partnerTier>

type Issues<Value> = z.RefinementCtx<Value>

/** What a version alone can't say: they follow one another, and what is included is a whole number of bytes. */
function checkVersions(
  versions: readonly z.output<typeof version>[],
  issues: Issues<z.output<typeof version>[]>,
): void {
  for (const [index, each] of versions.entries()) {
    const add = (path: readonly PropertyKey[], message: string) =>
      issues.addIssue({ code: 'custom', path: [index, ...path], message })
    const previous = versions[index - 1]
    if (previous !== undefined && each.validFrom <= previous.validFrom) {
      add(['validFrom'], `a month after ${previous.validFrom}`)
    }
    // Here, since versions that are kept with a close may have other names.
    for (const [tier, { name }] of each.partnerTiers.entries()) {
      if (!isPlainName(name)) add(['partnerTiers', tier, 'name'], `a name: ${NAME_RULE}`)
    }
    if (each.note !== undefined && !isPlainNote(each.note)) add(['note'], NOTE_RULE)
    const bytes = new Decimal(each.consumption.allowance.gigabytes).times(each.definitions.gigabyteBytes)
    if (!bytes.isInteger()) {
      add(['consumption', 'allowance', 'gigabytes'], 'gigabytes that are a whole number of bytes')
    }
  }
}

function checkOnce(message: string) {
  return (values: readonly string[], issues: Issues<string[]>): void => {
    if (new Set(values).size < values.length)
      issues.addIssue({ code: 'custom', path: [], message, params: ACROSS })
  }
}

/** Every number of clients belongs to exactly one tier. */
function checkTiers(tiers: readonly PartnerTier[], issues: Issues<PartnerTier[]>): void {
  let next: number | null = 0
  for (const [index, tier] of tiers.entries()) {
    const add = (field: string, message: string) =>
      issues.addIssue({ code: 'custom', path: [index, field], message, params: ACROSS })
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

function isTimeZone(name: string): boolean {
  try {
    // An offset such as +01:00 is accepted by Intl as well, but has no summer time.
    new Intl.DateTimeFormat('en', { timeZone: name })
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}
