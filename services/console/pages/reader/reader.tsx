import { LANGUAGES, type Language } from '@forbruk/schemas/statement/language.ts'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { createFormat, type Format, localeOf } from './format.ts'

export const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

type Reader = {
  readonly language: Language
  readonly theme: Theme
  readonly format: Format
  choose(choice: { language?: Language; theme?: Theme }): void
}

const ReaderContext = createContext<Reader | null>(null)

/** Who reads: in which language and locale, by light or dark. Remembered by the browser alone. */
export function ReaderProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(rememberedLanguage)
  const [theme, setTheme] = useState(rememberedTheme)
  useEffect(() => {
    document.documentElement.lang = language
    remember('language', language)
  }, [language])
  useEffect(() => {
    remember('theme', theme)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const show = () => {
      const isDark = theme === 'dark' || (theme === 'system' && dark.matches)
      document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
    }
    show()
    dark.addEventListener('change', show)
    return () => dark.removeEventListener('change', show)
  }, [theme])
  const reader = useMemo(
    () => ({
      language,
      theme,
      format: createFormat(localeOf(language, navigator.languages)),
      choose(choice: { language?: Language; theme?: Theme }) {
        if (choice.language !== undefined) setLanguage(choice.language)
        if (choice.theme !== undefined) setTheme(choice.theme)
      },
    }),
    [language, theme],
  )
  return <ReaderContext value={reader}>{children}</ReaderContext>
}

export function useReader(): Reader {
  const reader = useContext(ReaderContext)
  if (reader === null) throw new Error('expected ReaderProvider around the page')
  return reader
}

/** The texts of a page in the reader's language. */
export function useTexts<Texts>(texts: Readonly<Record<Language, Texts>>): Texts {
  return texts[useReader().language]
}

function rememberedLanguage(): Language {
  const remembered = recall('language')
  const known = LANGUAGES.find(language => language === remembered)
  return known ?? (/^(nb|no|nn|da|sv)\b/.test(navigator.language) ? 'nb' : 'en')
}

function rememberedTheme(): Theme {
  const remembered = recall('theme')
  return THEMES.find(theme => theme === remembered) ?? 'system'
}

/** A browser that keeps nothing for us is no obstacle. */
function recall(name: string): string | null {
  try {
    return localStorage.getItem(`forbruk.${name}`)
  } catch {
    return null
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`forbruk.${name}`, value)
  } catch {
    // It is asked for again at the next visit.
  }
}
