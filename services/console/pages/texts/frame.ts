const en = {
  skip: 'Skip to the content',
  pages: 'Pages',
  overview: 'Overview',
  clients: 'Clients',
  months: 'Months',
  dialogue: 'Dialogue',
  pipeline: 'Pipeline',
  registry: 'Registry and tariff',
  language: 'Language',
  theme: 'Appearance',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  notFound: 'There is no such page.',
  toOverview: 'To the overview',
  broken: 'This page could not be shown.',
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
  language: 'Språk',
  theme: 'Utseende',
  themes: { system: 'Som systemet', light: 'Lyst', dark: 'Mørkt' },
  notFound: 'Denne siden finnes ikke.',
  toOverview: 'Til oversikten',
  broken: 'Denne siden kunne ikke vises.',
}

export const frameTexts = { en, nb }
