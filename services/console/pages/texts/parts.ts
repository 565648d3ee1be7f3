const en = {
  sqlOf: (what: string) => `SQL of ${what}`,
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading …',
  again: 'Ask again',
  noAnswer: 'The server does not answer.',
  unreachable: 'See whether «forbruk up» or «forbruk serve» is running, and ask again.',
  serverFailed: 'The log of Forbruk says more. Ask again when it is mended.',
  signIn: 'This needs a token, or that you sign in.',
  asTable: 'As a table',
  you: 'Your name',
  month: 'Month',
  before: 'The month before',
  after: 'The month after',
}

const nb: typeof en = {
  sqlOf: what => `SQL for ${what}`,
  copy: 'Kopier',
  copied: 'Kopiert',
  loading: 'Laster …',
  again: 'Spør igjen',
  noAnswer: 'Tjeneren svarer ikke.',
  unreachable: 'Se om «forbruk up» eller «forbruk serve» kjører, og spør igjen.',
  serverFailed: 'Loggen til Forbruk sier mer. Spør igjen når det er rettet.',
  signIn: 'Dette krever et token, eller at du logger inn.',
  asTable: 'Som tabell',
  you: 'Navnet ditt',
  month: 'Måned',
  before: 'Måneden før',
  after: 'Måneden etter',
}

export const partTexts = { en, nb }
