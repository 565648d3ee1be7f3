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
  marks: (month: string) => `The marks across are ${month}.`,
  day: 'Day',
  nothing:
    'Nothing is counted in this month. Ship a log with «npx forbruk ship», or choose another month above.',
  allowances: 'Near and above what is included',
  nobody: 'No client is near what is included.',
  noTerms:
    'No registry or price list holds for this month: import and choose them under Registry and tariff.',
  client: 'Client',
  standing: 'Standing',
  standings: { over: 'above', heading: 'heading above', near: 'near', within: 'within' },
  crossing: 'Above from',
  forecast: (day: string) => `${day}, forecast`,
  requestShare: 'Of the requests',
  transferShare: 'Of the transfer',
  all: 'All clients, by share',
  state: 'How fresh and whole it is',
  fresh: (when: string) => `Everything in the log is counted; the newest record came ${when}.`,
  lagging: (records: string, when: string) =>
    `${records} records in the log are not counted yet; the newest counted came ${when}.`,
  neverCounted: 'Nothing has been counted yet.',
  standstill: (partitions: string) =>
    `Nobody counts on in ${partitions} partitions: is «forbruk up» or «forbruk aggregate» running?`,
  whole: (sources: string, through: string) =>
    `All ${sources} sources have shipped everything up to ${through}, and it has arrived.`,
  untold: (sources: string) => `Of ${sources} sources, not every one has said how far it has shipped.`,
  missing: (events: string) => `${events} events were shipped and have not arrived.`,
  silent: (names: string) => `Expected and never heard of: ${names}.`,
  more: 'Partitions, sources and rejected events',
  waiting: 'What waits for a person',
  nothingWaits: 'Nothing waits for you.',
  openCases: (cases: string) => `${cases} dialogue cases to decide`,
  openRejected: (events: string) => `${events} rejected events to mend or waive`,
}

const nb: typeof en = {
  title: 'Oversikt',
  requests: 'Kall',
  transfer: 'Overføring',
  sameDays: (figure, days, month) => `mot ${figure} de første ${days} dagene i ${month}`,
  against: (figure, month) => `mot ${figure} i ${month}`,
  firstDay: 'den første dagen er ikke over ennå',
  byDay: 'Dag for dag',
  byDayOf: 'Kall dag for dag',
  marks: month => `Strekene på tvers er ${month}.`,
  day: 'Dag',
  nothing:
    'Ingenting er talt denne måneden. Send en logg med «npx forbruk ship», eller velg en annen måned over.',
  allowances: 'Nær og over det som er inkludert',
  nobody: 'Ingen kunde er nær det som er inkludert.',
  noTerms:
    'Ingen register- eller prisversjon gjelder denne måneden: importer og velg dem under Register og priser.',
  client: 'Kunde',
  standing: 'Stilling',
  standings: { over: 'over', heading: 'på vei over', near: 'nær', within: 'innenfor' },
  crossing: 'Over fra',
  forecast: day => `${day}, prognose`,
  requestShare: 'Av kallene',
  transferShare: 'Av overføringen',
  all: 'Alle kunder, etter andel',
  state: 'Hvor ferskt og helt det er',
  fresh: when => `Alt i loggen er talt; den nyeste posten kom ${when}.`,
  lagging: (records, when) =>
    `${records} poster i loggen er ikke talt ennå; den nyeste som er talt, kom ${when}.`,
  neverCounted: 'Ingenting er talt ennå.',
  standstill: partitions =>
    `Ingen teller videre i ${partitions} partisjoner: kjører «forbruk up» eller «forbruk aggregate»?`,
  whole: (sources, through) =>
    `Alle ${sources} kilder har sendt alt fram til ${through}, og det er kommet fram.`,
  untold: sources => `Av ${sources} kilder har ikke alle sagt hvor langt de har sendt.`,
  missing: events => `${events} hendelser er sendt og ikke kommet fram.`,
  silent: names => `Ventet og aldri hørt fra: ${names}.`,
  more: 'Partisjoner, kilder og avviste hendelser',
  waiting: 'Det som venter på et menneske',
  nothingWaits: 'Ingenting venter på deg.',
  openCases: cases => `${cases} dialogsaker å avgjøre`,
  openRejected: events => `${events} avviste hendelser å rette eller frafalle`,
}

export const overviewTexts = { en, nb }
