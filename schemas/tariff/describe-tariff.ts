import type { Tariff, TariffVersion } from './read-tariff.ts'

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
    `Included per client and month: ${allowance.requests} requests and ${allowance.gigabytes} GB. Both overages add up.`,
    metered === ''
      ? 'No use counts against what is included.'
      : `Use through ${metered} integrations counts against what is included; other use is free.`,
    'Use through an integration that is unnamed or not in the registry counts as external; it is no access by itself.',
    'Bytes are those of request and response.',
    `1 MB is ${definitions.megabyteBytes} bytes, 1 GB is ${definitions.gigabyteBytes} bytes; part of a MB is priced in proportion.`,
    'Each line is rounded once, half up to the øre.',
    consumption.overage === 'dialogue'
      ? 'Overage is proposed, and payable only when decided after a dialogue.'
      : 'Overage is payable.',
  ]
  return version.note === undefined ? sentences : [...sentences, version.note]
}
