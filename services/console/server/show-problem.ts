import type { Language } from '@forbruk/schemas/statement/language.ts'
import type { Problem } from './problem.ts'
import { WORDS_NB } from './problem-words.ts'

/** What a person can do about it, and where. */
const TEXTS = {
  en: {
    headings: {
      missing: 'There is no such page.',
      signedOut: 'You are not signed in.',
      loginFailed: 'You could not be signed in.',
      failed: 'This can’t be shown now.',
      refused: 'This can’t be shown.',
    },
    answer: 'What the server says:',
    toStart: 'To the overview',
    toSignIn: 'Sign in',
  },
  nb: {
    headings: {
      missing: 'Denne siden finnes ikke.',
      signedOut: 'Du er ikke logget inn.',
      loginFailed: 'Du ble ikke logget inn.',
      failed: 'Dette kan ikke vises nå.',
      refused: 'Dette kan ikke vises.',
    },
    answer: 'Tjeneren sier, på engelsk:',
    toStart: 'Til oversikten',
    toSignIn: 'Logg inn',
  },
} as const

/** Of the pages' tokens, the few that this one needs: their own style sheet has another name with every build. */
const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #17212b; --soft: #52606b; --accent: #0b6b70; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12181d; --ink: #e7edf0; --soft: #a7b5be; --accent: #63c3c1; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 620px; margin: 0 auto; padding: 72px 20px; overflow-wrap: anywhere; }
h1 { margin: 24px 0 8px; font-size: 26px; font-weight: 620; line-height: 1.2; }
.brand { color: var(--accent); font-size: 18px; font-weight: 680; }
.soft { color: var(--soft); }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }`

/** Pure: a problem as a page of its own, for a person whose browser opened an address. It holds no script. */
export function showProblem(problem: Problem, language: Language): string {
  const { headings, answer, toStart, toSignIn } = TEXTS[language]
  const kind = headingOf(problem)
  const heading = headings[kind]
  // The other headings say it themselves.
  const isTold = language === 'en' || (kind !== 'failed' && kind !== 'refused')
  const words = isTold ? '' : `<p>${WORDS_NB[problem.kind]}</p>\n`
  const signsIn = problem.status === 401 || problem.kind.startsWith('login_')
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} – Forbruk</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<div class="brand">Forbruk</div>
<h1>${heading}</h1>
${words}<p class="soft">${answer} <span lang="en">${escapeText(problem.detail)}.</span></p>
<p><a href="${signsIn ? '/sign-in' : '/'}">${signsIn ? toSignIn : toStart}</a></p>
</main>
</body>
</html>
`
}

function headingOf({ kind, status }: Problem): keyof (typeof TEXTS)['en']['headings'] {
  if (kind === 'not_found') return 'missing'
  if (kind === 'login_refused' || kind === 'login_unavailable') return 'loginFailed'
  if (status === 401) return 'signedOut'
  return status >= 500 ? 'failed' : 'refused'
}

/** Of what a program says no to, a browser that opens an address asks for a page before all else. */
export function asksForPage(method: string, accept: string | undefined): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(accept ?? '')
  )
}

/** Norwegian for who reads it, or what is near it. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return /^\s*(nb|no|nn|da|sv)\b/i.test(acceptLanguage ?? '') ? 'nb' : 'en'
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
