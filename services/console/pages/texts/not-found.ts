const en = {
  notFound: 'There is no such page.',
  toOverview: 'To the overview',
  broken: 'This page could not be shown.',
}

const nb: typeof en = {
  notFound: 'Denne siden finnes ikke.',
  toOverview: 'Til oversikten',
  broken: 'Denne siden kunne ikke vises.',
}

export const notFoundTexts = { en, nb }
