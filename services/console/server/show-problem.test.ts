import { expect, test } from 'vitest'
import { asksForPage, languageOf, showProblem } from './show-problem.ts'

/** What Chromium sends for an address that is opened. */
const OPENED = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

test.each<[string, string, string | undefined, boolean]>([
  ['an address that is opened', 'GET', OPENED, true],
  ['a script', 'GET', '*/*', false],
  ['a program', 'GET', 'application/json, text/html;q=0.5', false],
  ['nothing said', 'GET', undefined, false],
  ['a form', 'POST', OPENED, false],
  ['another type that begins alike', 'GET', 'text/htmlx', false],
])('%s: whether a page is asked for', (_what, method, accept, expected) => {
  expect(asksForPage(method, accept)).toBe(expected)
})

test.each([
  ['nb-NO,nb;q=0.9,en;q=0.8', 'nb'],
  ['sv', 'nb'],
  ['en-GB', 'en'],
  ['not-a-language', 'en'],
  ['no', 'nb'],
  [undefined, 'en'],
])('%s is read in %s', (accepted, language) => {
  expect(languageOf(accepted)).toBe(language)
})

test('what a caller wrote stands there as text', () => {
  const page = showProblem({ kind: 'not_found', status: 404, detail: '<b onclick="x">&\'' }, 'nb')
  expect(page).toContain('Denne siden finnes ikke.')
  expect(page).toContain('&#60;b onclick=&#34;x&#34;&#62;&#38;&#39;.')
  expect(page).toContain('<a href="/">Til oversikten</a>')
})

test('in Norwegian stands what it is, and then in English what the server says of it', () => {
  const problem = { kind: 'store_unavailable', status: 503, detail: 'the store does not answer now' } as const
  const page = showProblem(problem, 'nb')
  expect(page).toContain('<p>Lageret svarer ikke akkurat nå.</p>')
  expect(page).toContain('Tjeneren sier, på engelsk: <span lang="en">the store does not answer now.</span>')
  expect(showProblem(problem, 'en')).not.toContain('Lageret')
})

test.each([
  ['token_missing', 401],
  ['login_refused', 403],
  ['login_unavailable', 503],
] as const)('%s leads to where one signs in', (kind, status) => {
  expect(showProblem({ kind, status, detail: 'so' }, 'en')).toContain('<a href="/sign-in">Sign in</a>')
})
