import type { IntegrationRule, Tariff, TariffVersion } from './read-tariff.ts'

/** What a statement prints about how its figures came about: one sentence each, from the values that were used. */
export function describeTariff(
  tariff: Pick<Tariff, 'currency' | 'timeZone'>,
  version: TariffVersion,
): string[] {
  const { consumption, definitions } = version
  const { allowance } = consumption
  const metered = consumption.meteredKinds.join(' and ')
  const sentences = [
    `Prices as they hold from ${version.validFrom}, in ${tariff.currency}, exclusive of VAT.`,
    `A month is a calendar month in ${tariff.timeZone}.`,
    `Included per client and month: ${allowance.requests} requests and ${allowance.gigabytes} GB. ` +
      'Both overages add up.',
    metered === ''
      ? 'No use counts against what is included.'
      : `Use through ${metered} integrations counts against what is included; other use is free.`,
    describeRule('for which the gateway names no integration', definitions.unnamedIntegration),
    ...describeExceptions(definitions.unknownIntegration),
    `${describeBytes(definitions.bytesCounted)} Requests of ${describeClasses(definitions.statusClassesNotCounted)}.`,
    'Requests answered with 401 or 407 count for nobody: whoever sent them has not shown to be the client.',
    'A partner pays the tier of the number of its clients with a partner integration active in the month, ' +
      'itself not among them; with none of them, the first tier if it has one active itself, and nothing otherwise.',
    `1 MB is ${definitions.megabyteBytes} bytes, 1 GB is ${definitions.gigabyteBytes} bytes; ` +
      'part of a MB is priced in proportion.',
    'Each line is rounded once, half up to the øre.',
    consumption.overage === 'dialogue'
      ? 'Overage is proposed, and payable only when decided after a dialogue.'
      : 'Overage is payable.',
  ]
  return version.note === undefined ? sentences : [...sentences, version.note]
}

function describeRule(use: string, rule: IntegrationRule): string {
  switch (rule) {
    case 'internal':
      return `Use ${use} counts as internal.`
    case 'external':
      return `Use ${use} counts as external; it is no access by itself.`
    case 'exception':
      return `Use ${use} is listed as an exception, and not charged.`
    case 'undecided':
      return `A month with use ${use} is not closed until the tariff says what that is.`
  }
}

function describeExceptions(unknownIntegration: IntegrationRule | undefined): string[] {
  const others =
    'that was not activated in the month or is not offered to the client, is listed as an exception, ' +
    'and not charged until that is settled.'
  if (unknownIntegration === undefined) {
    return [`Use by a client or through an integration that the registry does not know, ${others}`]
  }
  return [
    describeRule('through an integration that the registry does not know', unknownIntegration),
    `Use by a client that the registry does not know, or through an integration ${others}`,
  ]
}

function describeBytes(counted: TariffVersion['definitions']['bytesCounted']): string {
  switch (counted) {
    case 'request_and_response':
      return 'Bytes are those of request and response.'
    case 'request':
      return 'Bytes are those of the request.'
    case 'response':
      return 'Bytes are those of the response.'
  }
}

function describeClasses(notCounted: TariffVersion['definitions']['statusClassesNotCounted']): string {
  return notCounted.length === 0
    ? 'every status count'
    : `every status but ${notCounted.toSorted().join(', ')} count`
}
