import { countOf } from '../../texts/count-of.ts'

const en = {
  explain:
    'Counts this client’s month again from the log, beside what is counted meanwhile, and compares it with what is ' +
    'stored and with the statement. Nothing is changed.',
  replay: 'Replay this figure',
  running: 'Counting again …',
  stop: 'Stop',
  stopped: 'Stopped. Nothing was changed.',
  progress: (done: string, total: string, records: string) =>
    `${done} of ${total} blocks, ${records} records read`,
  outcomes: {
    equal: 'The same: the log gives this figure again.',
    different: 'Not the same: what the log gives differs from what is stored. Have somebody run the audit.',
    lost:
      'What the log still has gives the same. It no longer has all of the month, so the rest can’t be proved ' +
      'again.',
  },
  read: (records: string, blocks: string, blocksOfMonth: string) =>
    `${records} records read in ${blocks} of the month’s ${blocksOfMonth} blocks: those with figures of the client.`,
  duplicates: (count: string) => `${count} of them had come before, and count once.`,
  copies: (count: string) =>
    `${countOf(count, 'request', 'requests')} came again elsewhere in the log, left out of both.`,
  figures: 'What was compared',
  whose: 'By',
  requests: 'Requests',
  bytes: 'Bytes',
  byLog: 'the log, counted now',
  byLedger: 'what is stored',
  byLogAtCut: (revision: string) => `the log, as far as r${revision} was made of it`,
  byStatement: (revision: string) => `the statement r${revision}`,
  noStatement: 'There is no statement to compare with.',
  block: (partition: string, first: string, next: string) =>
    `Partition ${partition}, offsets ${first} to before ${next}:`,
  proved: (count: string) => `${count} blocks with their fingerprints`,
  rest:
    'The month’s other blocks add up to what the ledger says of them. That none of them holds a request of this ' +
    'client is what the audit of the whole month shows, below.',
  overdue: (done: string, total: string) =>
    `It was ended after five minutes, with ${done} of ${total} blocks: nothing is said. Run the command below.`,
  failed: 'It could not be done:',
}

const nb: typeof en = {
  explain:
    'Teller denne kundens måned på nytt fra loggen, ved siden av det som telles imens, og sammenligner med det som ' +
    'er lagret, og med oppgaven. Ingenting endres.',
  replay: 'Tell dette tallet på nytt',
  running: 'Teller på nytt …',
  stop: 'Stopp',
  stopped: 'Stoppet. Ingenting ble endret.',
  progress: (done, total, records) => `${done} av ${total} blokker, ${records} poster lest`,
  outcomes: {
    equal: 'Det samme: loggen gir dette tallet igjen.',
    different:
      'Ikke det samme: det loggen gir, er et annet enn det som er lagret. Få noen til å kjøre kontrollen.',
    lost:
      'Det loggen fortsatt har, gir det samme. Den har ikke lenger hele måneden, så resten kan ikke bevises på ' +
      'nytt.',
  },
  read: (records, blocks, blocksOfMonth) =>
    `${records} poster lest i ${blocks} av månedens ${blocksOfMonth} blokker: de med tall for kunden.`,
  duplicates: count => `${count} av dem hadde kommet før, og teller én gang.`,
  copies: count =>
    `${countOf(count, 'forespørsel', 'forespørsler')} kom igjen et annet sted i loggen, og er utelatt begge steder.`,
  figures: 'Det som ble sammenlignet',
  whose: 'Etter',
  requests: 'Forespørsler',
  bytes: 'Byte',
  byLog: 'loggen, talt nå',
  byLedger: 'det som er lagret',
  byLogAtCut: revision => `loggen, så langt r${revision} er laget av den`,
  byStatement: revision => `oppgaven r${revision}`,
  noStatement: 'Det er ingen oppgave å sammenligne med.',
  block: (partition, first, next) => `Partisjon ${partition}, posisjon ${first} til før ${next}:`,
  proved: count => `${count} blokker med fingeravtrykk`,
  rest:
    'Månedens andre blokker går opp med det hovedboken sier om dem. At ingen av dem har forespørsler fra kunden, ' +
    'er det kontrollen av hele måneden viser, under.',
  overdue: (done, total) =>
    `Den ble avsluttet etter fem minutter, med ${done} av ${total} blokker: ingenting er sagt. ` +
    'Kjør kommandoen under.',
  failed: 'Det lot seg ikke gjøre:',
}

export const replayTexts = { en, nb }
