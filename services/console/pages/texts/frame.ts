const en = {
  skip: 'Skip to the content',
  pages: 'Pages',
  overview: 'Overview',
  clients: 'Clients',
  months: 'Months',
  dialogue: 'Dialogue',
  pipeline: 'Pipeline',
  registry: 'Registry and tariff',
  usage: 'Usage',
  statements: 'Statements',
  access: 'Access',
  language: 'Language',
  theme: 'Appearance',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
}

const nb: typeof en = {
  skip: 'Hopp til innholdet',
  pages: 'Sider',
  overview: 'Oversikt',
  clients: 'Kunder',
  months: 'Måneder',
  dialogue: 'Dialog',
  pipeline: 'Datastrøm',
  registry: 'Register og priser',
  usage: 'Bruk',
  statements: 'Oppgaver',
  access: 'Tilgang',
  language: 'Språk',
  theme: 'Utseende',
  themes: { system: 'Som systemet', light: 'Lyst', dark: 'Mørkt' },
}

export const frameTexts = { en, nb }
