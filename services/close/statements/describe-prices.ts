import type { Language } from '@forbruk/schemas/statement/language.ts'
import type { StatementLine } from '@forbruk/schemas/statement/statement.ts'
import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import type { Tariff, TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { explainLines } from './explain-lines.ts'
import { describeTariffInNorwegian } from './page/describe-tariff-in-norwegian.ts'
import { NORWEGIAN } from './page/norwegian.ts'

/** Pure: what a month is rated by, a sentence each, as statements in that language say it. */
export function describePrices(
  tariff: Pick<Tariff, 'currency' | 'timeZone'>,
  version: TariffVersion,
  language: Language,
): string[] {
  switch (language) {
    case 'en':
      return describeTariff(tariff, version)
    case 'nb': {
      const sentences = describeTariffInNorwegian(version, tariff.timeZone)
      // A note is the provider's own words, in whatever language they are.
      return version.note === undefined ? sentences : [...sentences, version.note]
    }
  }
}

/** Pure: lines of what is above the allowances, each called what statements in that language call it. */
export function describeOverage(
  lines: readonly StatementLine[],
  version: TariffVersion,
  language: Language,
): StatementLine[] {
  if (language === 'en') return [...lines]
  const terms = { version, integrationNames: new Map(), countedClients: new Map() }
  return explainLines('', lines, terms).map(({ terms, ...line }) => ({
    ...line,
    detail: NORWEGIAN.item(terms),
  }))
}
