import type { IntegrationRule, TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { formatDecimal, formatMonth } from './format-figures.ts'

const KINDS = {
  internal: 'interne',
  year_end: 'årsoppgjørs-',
  partner: 'partner-',
  external: 'eksterne',
} as const satisfies Record<TariffVersion['consumption']['meteredKinds'][number], string>

/** Pure: how the figures come about, a sentence each, as `describeTariff` says it in English. */
export function describeTariffInNorwegian(version: TariffVersion, timeZone: string): string[] {
  const { consumption, definitions } = version
  const { allowance } = consumption
  const metered = consumption.meteredKinds.map(kind => KINDS[kind]).join(' og ')
  return [
    `Prisene gjelder fra ${formatMonth(version.validFrom, 'nb')}, i NOK og uten merverdiavgift.`,
    `En måned er en kalendermåned i ${timeZone}.`,
    `Inkludert per klient og måned: ${formatDecimal(String(allowance.requests), 'nb')} forespørsler og ` +
      `${formatDecimal(allowance.gigabytes, 'nb')} GB. Går begge over, legges beløpene sammen.`,
    metered === ''
      ? 'Ingen bruk teller mot det som er inkludert.'
      : `Bruk gjennom ${metered} integrasjoner teller mot det som er inkludert; annen bruk er gratis.`,
    describeRule('der gatewayen ikke oppgir noen integrasjon', definitions.unnamedIntegration),
    ...describeExceptions(definitions.unknownIntegration),
    `${describeBytes(definitions.bytesCounted)} ${describeClasses(definitions.statusClassesNotCounted)}`,
    'Forespørsler besvart med 401 eller 407 teller for ingen: avsenderen har ikke vist hvem den er.',
    'En partner betaler nivået for antall klienter den har med en aktiv partnerintegrasjon i måneden, partneren selv ' +
      'ikke medregnet. Har ingen av dem en, gjelder det første nivået hvis partneren har en selv, ellers ingenting.',
    `1 MB er ${formatDecimal(String(definitions.megabyteBytes), 'nb')} byte, 1 GB er ` +
      `${formatDecimal(String(definitions.gigabyteBytes), 'nb')} byte; deler av en MB prises forholdsmessig.`,
    'Hver linje avrundes én gang, til nærmeste øre.',
    consumption.overage === 'dialogue'
      ? 'Bruk over det inkluderte er foreslått, og skal bare betales når det er avgjort etter en dialog.'
      : 'Bruk over det inkluderte skal betales.',
  ]
}

function describeRule(use: string, rule: IntegrationRule): string {
  switch (rule) {
    case 'internal':
      return `Bruk ${use}, teller som intern.`
    case 'external':
      return `Bruk ${use}, teller som ekstern; den gir ikke tilgang i seg selv.`
    case 'exception':
      return `Bruk ${use}, føres opp som avvik og belastes ikke.`
    case 'undecided':
      return `En måned med bruk ${use}, avregnes ikke før prislisten sier hva det er.`
  }
}

function describeExceptions(unknownIntegration: IntegrationRule | undefined): string[] {
  const others =
    'som ikke var aktivert i måneden, eller som ikke tilbys klienten, føres opp som avvik og belastes ikke før det ' +
    'er avklart.'
  if (unknownIntegration === undefined)
    return [`Bruk av en klient eller integrasjon som registeret ikke kjenner, ${others}`]
  return [
    describeRule('gjennom en integrasjon som registeret ikke kjenner', unknownIntegration),
    `Bruk av en klient som registeret ikke kjenner, eller gjennom en integrasjon ${others}`,
  ]
}

function describeBytes(counted: TariffVersion['definitions']['bytesCounted']): string {
  switch (counted) {
    case 'request_and_response':
      return 'Overføring er byte i forespørsel og svar.'
    case 'request':
      return 'Overføring er byte i forespørselen.'
    case 'response':
      return 'Overføring er byte i svaret.'
  }
}

function describeClasses(notCounted: TariffVersion['definitions']['statusClassesNotCounted']): string {
  return notCounted.length === 0
    ? 'Forespørsler teller uansett status på svaret.'
    : `Forespørsler med status ${notCounted.toSorted().join(', ')} teller ikke.`
}
