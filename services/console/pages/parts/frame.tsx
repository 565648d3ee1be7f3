import { LANGUAGES } from '@forbruk/schemas/statement/language.ts'
import { Link, Outlet } from '@tanstack/react-router'
import { THEMES, useReader, useTexts } from '../reader/reader.tsx'
import { frameTexts } from '../texts/frame.ts'

const PAGES = [
  ['/', 'overview'],
  ['/clients', 'clients'],
  ['/months', 'months'],
  ['/dialogue', 'dialogue'],
  ['/pipeline', 'pipeline'],
  ['/registry', 'registry'],
] as const

const LANGUAGE_NAMES = { nb: 'Norsk', en: 'English' } as const

/** What stands around every page. */
export function Frame() {
  const texts = useTexts(frameTexts)
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          Forbruk
        </Link>
        <nav aria-label={texts.pages}>
          <ul>
            {PAGES.map(([to, name]) => (
              <li key={to}>
                <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
                  {texts[name]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Choices />
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function Choices() {
  const texts = useTexts(frameTexts)
  const { language, theme, choose } = useReader()
  return (
    <div className="choices">
      <div id="signed-in" />
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
