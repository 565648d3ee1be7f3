import { countOf } from '../../texts/count-of.ts'

const en = {
  title: 'Dialogue',
  intro:
    'Clients that used more than is included. Nothing above it is charged before it is decided here, after a talk ' +
    'with the client.',
  state: 'State',
  states: { open: 'open', decided: 'decided' },
  all: 'all',
  none: 'There is no such case. When a month is closed, each client above what is included gets one.',
  client: 'Client',
  months: 'Months',
  age: 'Age',
  days: (days: string) => countOf(days, 'day', 'days'),
  contacts: 'Contacts',
  proposed: 'Proposed',
  charged: 'Charged',
  followUp: 'Follow up',
  decision: 'Decision',
  decisions: {
    charge: 'charge',
    waived: 'waived',
    reduced_usage: 'client uses less',
    mixed: 'of each month its own',
  },
  table: 'Cases',
  evidence: (month: string) => `Why: ${month}`,
  above: {
    requests: (used: string, included: string, above: string, nok: string) =>
      `${used} requests counted, ${included} are included: ${above} above, proposed ${nok}.`,
    transfer: (used: string, included: string, above: string, nok: string) =>
      `${used} transferred, ${included} are included: ${above} above, proposed ${nok}.`,
  },
  trend: 'Month by month',
  trendOf: 'Requests that count, by month',
  month: 'Month',
  requests: 'Requests',
  transfer: 'Transfer',
  integrations: 'Through which integrations',
  integration: 'Integration',
  hours: 'The busiest hours',
  hour: 'Hour',
  look: 'Look at the client',
  message: 'A message to send',
  messageHint: 'Suggested from the evidence. Change it as you like; nothing is sent from here.',
  messageLanguage: 'Its language',
  copy: 'Copy the message',
  copied: 'Copied',
  steps: 'What has happened',
  kinds: {
    opened: 'opened by the close',
    month_added: 'a month was added',
    evidence_changed: 'the evidence changed',
    exceeded: 'a later revision has more than was decided',
    contacted: 'the client was contacted',
    noted: 'noted',
    reopened: 'the decision was taken back',
    decided: 'decided',
  },
  act: 'Take it further',
  action: 'What you do',
  actions: {
    contact: 'The client was contacted',
    note: 'Note something',
    decide: 'Decide',
    reopen: 'Take the decision back',
  },
  note: 'Note, for whoever reads this later',
  why: 'Why',
  outcome: 'Outcome',
  share: 'Share to charge, in per cent',
  withoutContact: 'Why it is charged although nobody was contacted',
  record: 'Record it',
  overtaken: (what: string, actor: string) =>
    `Not recorded yet: meanwhile something else happened here: ${what} (${actor}). It stands at the end of the page. ` +
    'What you wrote is still here; record it if it still holds.',
  allCases: 'All cases',
  recorded: 'Recorded.',
  forGood:
    'What is recorded stays. A wrong decision is taken back by a step of its own, and the next close states the ' +
    'difference.',
}

const nb: typeof en = {
  title: 'Dialog',
  intro:
    'Kunder som brukte mer enn det som er inkludert. Ingenting over det belastes før det er avgjort her, etter en ' +
    'prat med kunden.',
  state: 'Tilstand',
  states: { open: 'åpen', decided: 'avgjort' },
  all: 'alle',
  none: 'Det er ingen slik sak. Når en måned avsluttes, får hver kunde over det som er inkludert, en.',
  client: 'Kunde',
  months: 'Måneder',
  age: 'Alder',
  days: days => countOf(days, 'dag', 'dager'),
  contacts: 'Kontakter',
  proposed: 'Foreslått',
  charged: 'Belastet',
  followUp: 'Følg opp',
  decision: 'Avgjørelse',
  decisions: {
    charge: 'belastes',
    waived: 'frafalles',
    reduced_usage: 'kunden bruker mindre',
    mixed: 'ulik for hver måned',
  },
  table: 'Saker',
  evidence: month => `Hvorfor: ${month}`,
  above: {
    requests: (used, included, above, nok) =>
      `${used} forespørsler teller, ${included} er inkludert: ${above} over, foreslått ${nok}.`,
    transfer: (used, included, above, nok) =>
      `${used} overført, ${included} er inkludert: ${above} over, foreslått ${nok}.`,
  },
  trend: 'Måned for måned',
  trendOf: 'Forespørsler som teller, per måned',
  month: 'Måned',
  requests: 'Forespørsler',
  transfer: 'Overføring',
  integrations: 'Gjennom hvilke integrasjoner',
  integration: 'Integrasjon',
  hours: 'De travleste timene',
  hour: 'Time',
  look: 'Se på kunden',
  message: 'En melding å sende',
  messageHint: 'Foreslått ut fra grunnlaget. Endre den som du vil; ingenting sendes herfra.',
  messageLanguage: 'Språket',
  copy: 'Kopier meldingen',
  copied: 'Kopiert',
  steps: 'Det som har skjedd',
  kinds: {
    opened: 'åpnet av avslutningen',
    month_added: 'en måned kom til',
    evidence_changed: 'grunnlaget ble endret',
    exceeded: 'en senere revisjon har mer enn det som ble avgjort',
    contacted: 'kunden ble kontaktet',
    noted: 'notert',
    reopened: 'avgjørelsen ble tatt tilbake',
    decided: 'avgjort',
  },
  act: 'Før den videre',
  action: 'Det du gjør',
  actions: {
    contact: 'Kunden er kontaktet',
    note: 'Noter noe',
    decide: 'Avgjør',
    reopen: 'Ta avgjørelsen tilbake',
  },
  note: 'Notat, for den som leser dette senere',
  why: 'Hvorfor',
  outcome: 'Utfall',
  share: 'Andel å belaste, i prosent',
  withoutContact: 'Hvorfor det belastes selv om ingen er kontaktet',
  record: 'Lagre',
  overtaken: (what, actor) =>
    `Ikke lagret ennå: i mellomtiden skjedde noe annet her: ${what} (${actor}). Det står nederst på siden. ` +
    'Det du skrev, står her fortsatt; lagre det hvis det fortsatt gjelder.',
  allCases: 'Alle saker',
  recorded: 'Lagret.',
  forGood:
    'Det som lagres, blir stående. En gal avgjørelse tas tilbake med et eget steg, og neste avslutning viser ' +
    'forskjellen.',
}

export const dialogueTexts = { en, nb }
