import { LANGUAGES } from '@forbruk/schemas/statement/language.ts'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { type Caller, sessionQuery } from '../ask/session.ts'
import { THEMES, useReader, useTexts } from '../reader/reader.tsx'
import { frameTexts } from '../texts/frame.ts'
import { Answer } from './answer.tsx'
import { mayVisit, pagesOf, startOf } from './may-visit.ts'
import { NotFound } from './not-found.tsx'
import { SignIn } from './sign-in.tsx'
import { SignedIn } from './signed-in.tsx'
import { Stale } from './stale.tsx'

const LANGUAGE_NAMES = { nb: 'Norsk', en: 'English' } as const

/** What stands around every page, once it is known who looks: what only some may see would move the rest. */
export function Frame() {
  const session = useQuery(sessionQuery)
  return (
    <div className="frame">
      <Answer query={session} height={600}>
        {({ caller, hasLogin }) => (
          <>
            <Top caller={caller} />
            <Main>{caller === null ? <SignIn hasLogin={hasLogin} /> : <Page caller={caller} />}</Main>
            <Stale />
          </>
        )}
      </Answer>
    </div>
  )
}

function Top({ caller }: { readonly caller: Caller | null }) {
  const texts = useTexts(frameTexts)
  return (
    <>
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          Forbruk
        </Link>
        <nav aria-label={texts.pages}>{caller === null ? null : <Pages caller={caller} />}</nav>
        <Choices />
      </header>
    </>
  )
}

/** Whoever follows a link goes on from the page that it leads to, by keyboard as well. */
function Main({ children }: { readonly children: ReactNode }) {
  const { pathname } = useLocation()
  const place = useRef<HTMLElement>(null)
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current !== pathname) place.current?.focus({ preventScroll: true })
    before.current = pathname
  }, [pathname])
  return (
    <main id="content" tabIndex={-1} ref={place}>
      {children}
    </main>
  )
}

/** What the address names, for whoever may be shown it. */
function Page({ caller }: { readonly caller: Caller }) {
  const { pathname } = useLocation()
  const start = startOf(caller)
  if (pathname === '/' && start.to !== '/') {
    return start.clientId === undefined ? (
      <Navigate to={start.to} replace />
    ) : (
      <Navigate to={start.to} params={{ clientId: start.clientId }} replace />
    )
  }
  return mayVisit(caller, pathname) ? <Outlet /> : <NotFound />
}

function Pages({ caller }: { readonly caller: Caller }) {
  const texts = useTexts(frameTexts)
  return (
    <ul>
      {pagesOf(caller).map(({ to, clientId, name }) => (
        <li key={to}>
          <Link
            to={to}
            {...(clientId === undefined ? {} : { params: { clientId } })}
            activeOptions={{ exact: to === '/', includeSearch: false }}
          >
            {texts[name]}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Choices() {
  const texts = useTexts(frameTexts)
  const { language, theme, choose } = useReader()
  return (
    <div className="choices">
      <SignedIn />
      <select
        aria-label={texts.language}
        value={language}
        onChange={event => {
          const chosen = LANGUAGES.find(each => each === event.target.value)
          if (chosen !== undefined) choose({ language: chosen })
        }}
      >
        {LANGUAGES.map(each => (
          <option key={each} value={each} lang={each}>
            {LANGUAGE_NAMES[each]}
          </option>
        ))}
      </select>
      <select
        aria-label={texts.theme}
        value={theme}
        onChange={event => {
          const chosen = THEMES.find(each => each === event.target.value)
          if (chosen !== undefined) choose({ theme: chosen })
        }}
      >
        {THEMES.map(each => (
          <option key={each} value={each}>
            {texts.themes[each]}
          </option>
        ))}
      </select>
    </div>
  )
}
