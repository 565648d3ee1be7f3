import { countOf } from '../../texts/count-of.ts'

const en = {
  title: 'Overview',
  requests: 'Requests',
  transfer: 'Transfer',
  sameDays: (figure: string, days: string, month: string) =>
    `against ${figure} in the first ${days} days of ${month}`,
  against: (figure: string, month: string) => `against ${figure} in ${month}`,
  firstDay: 'the first day is not over yet',
  byDay: 'Day by day',
  byDayOf: 'Requests day by day',
  marks: (month: string) => `The lines across the bars are ${month}.`,
  day: 'Day',
  nothing:
    'Nothing is counted in this month. Ship a log with «npx forbruk ship», or choose another month above.',
  allowances: 'Clients near and above what is included',
  nobody: 'No client is near what is included.',
  noTerms: 'No price list holds for this month, so nothing is included: see Registry and tariff.',
  noRegistry: 'No registry holds for this month, so no use counts: import one under Registry and tariff.',
  client: 'Client',
  standing: 'Standing',
  standings: { over: 'above', heading: 'heading above', near: 'near', within: 'within' },
  crossing: 'Above from',
  forecast: (day: string) => `${day}, forecast`,
  requestShare: 'Of the requests',
  transferShare: 'Of the transfer',
  all: 'All clients, by share',
  state: 'Is everything here?',
  fresh: (when: string) => `Everything in the log is counted; the newest record came ${when}.`,
  lagging: (records: string, when: string) =>
    `${countOf(records, 'record', 'records')} in the log still to be counted; the newest counted came ${when}.`,
  neverCounted: 'Nothing has been counted yet.',
  standstill: (partitions: string) =>
    `Nobody counts on in ${countOf(partitions, 'partition', 'partitions')}: is «forbruk up» or ` +
    '«forbruk aggregate» running?',
  whole: (sources: string, through: string) =>
    `Everything up to ${through} has arrived, from ${countOf(sources, 'source', 'sources')}.`,
  untold: (sources: string) =>
    `Not every source has said how far it has shipped; there ${sources === '1' ? 'is' : 'are'} ${sources}.`,
  missing: (events: string) => `Shipped and not arrived: ${countOf(events, 'event', 'events')}.`,
  silent: (names: string) => `Expected and never heard of: ${names}.`,
  more: 'Sources and rejected events',
  waiting: 'What waits for you',
  nothingWaits: 'Nothing.',
  openCases: (cases: string) => `${countOf(cases, 'dialogue case', 'dialogue cases')} to decide`,
  openRejected: (events: string) =>
    `${countOf(events, 'rejected event', 'rejected events')} to mend or waive`,
}

const nb: typeof en = {
  title: 'Oversikt',
  requests: 'Forespørsler',
  transfer: 'Overføring',
  sameDays: (figure, days, month) => `mot ${figure} de første ${days} dagene i ${month}`,
  against: (figure, month) => `mot ${figure} i ${month}`,
  firstDay: 'den første dagen er ikke over ennå',
  byDay: 'Dag for dag',
  byDayOf: 'Forespørsler dag for dag',
  marks: month => `Strekene på tvers av søylene er ${month}.`,
  day: 'Dag',
  nothing:
    'Ingenting er talt denne måneden. Send en logg med «npx forbruk ship», eller velg en annen måned over.',
  allowances: 'Kunder nær og over det som er inkludert',
  nobody: 'Ingen kunde er nær det som er inkludert.',
  noTerms: 'Ingen prisliste gjelder denne måneden, så ingenting er inkludert: se Register og priser.',
  noRegistry:
    'Intet register gjelder denne måneden, så ingen bruk teller: importer et under Register og priser.',
  client: 'Kunde',
  standing: 'Stilling',
  standings: { over: 'over', heading: 'på vei over', near: 'nær', within: 'innenfor' },
  crossing: 'Over fra',
  forecast: day => `${day}, prognose`,
  requestShare: 'Av forespørslene',
  transferShare: 'Av overføringen',
  all: 'Alle kunder, etter andel',
  state: 'Er alt kommet fram?',
  fresh: when => `Alt i loggen er talt; den nyeste posten kom ${when}.`,
  lagging: (records, when) =>
    `${countOf(records, 'post', 'poster')} i loggen er ikke talt ennå; den nyeste som er talt, kom ${when}.`,
  neverCounted: 'Ingenting er talt ennå.',
  standstill: partitions =>
    `Ingen teller videre i ${countOf(partitions, 'partisjon', 'partisjoner')}: kjører «forbruk up» eller ` +
    '«forbruk aggregate»?',
  whole: (sources, through) =>
    `Alt fram til ${through} er kommet fram, fra ${countOf(sources, 'kilde', 'kilder')}.`,
  untold: sources => `Ikke alle kilder har sagt hvor langt de har sendt; det er ${sources} av dem.`,
  missing: events => `Sendt og ikke kommet fram: ${countOf(events, 'hendelse', 'hendelser')}.`,
  silent: names => `Ventet og aldri hørt fra: ${names}.`,
  more: 'Kilder og avviste hendelser',
  waiting: 'Det som venter på deg',
  nothingWaits: 'Ingenting.',
  openCases: cases => `${countOf(cases, 'dialogsak', 'dialogsaker')} å avgjøre`,
  openRejected: events => `${countOf(events, 'avvist hendelse', 'avviste hendelser')} å rette eller frafalle`,
}

export const overviewTexts = { en, nb }
