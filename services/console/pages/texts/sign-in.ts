import type { Role } from '@forbruk/schemas/access/role.ts'

const en = {
  title: 'Sign in',
  withLogin: 'Sign in where you do at work, and come back to the page that you asked for.',
  login: 'Sign in with your account',
  token: 'Token',
  hint: 'One that an administrator made for you. The browser keeps you signed in for eight hours at most.',
  signIn: 'Sign in',
  signOut: 'Sign out',
  refused: 'See whether it was copied whole, or ask an administrator for a new one.',
  roles: {
    reader: 'reader',
    account_manager: 'account manager',
    closer: 'closer',
    admin: 'administrator',
  } satisfies Record<Role, string>,
}

const nb: typeof en = {
  title: 'Logg inn',
  withLogin: 'Logg inn der du gjør det på jobben, og kom tilbake til siden du ba om.',
  login: 'Logg inn med kontoen din',
  token: 'Token',
  hint: 'Et som en administrator har laget til deg. Nettleseren holder deg innlogget i åtte timer, ikke lenger.',
  signIn: 'Logg inn',
  signOut: 'Logg ut',
  refused: 'Se om alt ble kopiert, eller be en administrator om et nytt.',
  roles: {
    reader: 'leser',
    account_manager: 'kundeansvarlig',
    closer: 'avslutter',
    admin: 'administrator',
  },
}

export const signInTexts = { en, nb }
