import { countOf } from '../../texts/count-of.ts'

const en = {
  title: 'Clients',
  search: 'Search by name or id',
  standing: 'Standing',
  any: 'all',
  standings: { over: 'above', heading: 'heading above', near: 'near', within: 'within' },
  heads: {
    name: 'Client',
    payer: 'Paid by',
    days: 'By day',
    requests: 'Requests',
    bytes: 'Transfer',
    share: 'Of what is included',
  },
  found: (clients: string) => countOf(clients, 'client', 'clients'),
  none: 'No client is like that. Search for fewer letters, or choose «all» under Standing.',
  nothing:
    'No client is known in this month. Import a registry under Registry and tariff, ship a log with ' +
    '«npx forbruk ship», or choose another month above.',
  takeAway: 'As a file:',
  printed: (shown: string, all: string) =>
    `These are the first ${shown} of ${all} clients; the file has all of them.`,
  more: (shown: string) => `${shown} are here so far. More are on their way …`,
  keys: 'Keys: / to search, ↑ and ↓ to move, Enter to open.',
  itself: 'itself',
  table: 'Clients of the month',
}

const nb: typeof en = {
  title: 'Kunder',
  search: 'Søk etter navn eller id',
  standing: 'Stilling',
  any: 'alle',
  standings: { over: 'over', heading: 'på vei over', near: 'nær', within: 'innenfor' },
  heads: {
    name: 'Kunde',
    payer: 'Betales av',
    days: 'Per dag',
    requests: 'Forespørsler',
    bytes: 'Overføring',
    share: 'Av det inkluderte',
  },
  found: clients => countOf(clients, 'kunde', 'kunder'),
  none: 'Ingen kunde er slik. Søk etter færre bokstaver, eller velg «alle» under Stilling.',
  nothing:
    'Ingen kunde er kjent denne måneden. Importer et register under Register og priser, send en logg med ' +
    '«npx forbruk ship», eller velg en annen måned over.',
  takeAway: 'Som fil:',
  printed: (shown, all) => `Dette er de første ${shown} av ${all} kunder; filen har alle.`,
  more: shown => `${shown} er her så langt. Flere er på vei …`,
  keys: 'Taster: / for å søke, ↑ og ↓ for å flytte, Enter for å åpne.',
  itself: 'seg selv',
  table: 'Månedens kunder',
}

export const clientsTexts = { en, nb }
