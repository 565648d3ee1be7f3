import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { clientsUrl, readClients, STANDINGS } from '../../ask/clients.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer } from '../../parts/answer.tsx'
import { Files } from '../../parts/files.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { ClientTable } from './client-table.tsx'
import { questionOf } from './question.ts'
import { clientsTexts } from './texts.ts'

const route = getRouteApi('/clients')

export default function ClientsPage() {
  const texts = useTexts(clientsTexts)
  const { format } = useReader()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const month = useMonth(search.month)
  const question = questionOf(month ?? '', search)
  const query = useQuery({
    queryKey: ['clients', question, 'first'],
    // With what was asked: until the next list is there, the one before stays, and is no answer to the next question.
    queryFn: async () => ({ asked: question, first: await readClients(question, '') }),
    enabled: month !== null,
    placeholderData: before => before,
  })
  return (
    <>
      <PageHead
        title={texts.title}
        month={month}
        onChoose={chosen => navigate({ search: before => ({ ...before, month: chosen }) })}
      />
      <section className="sheet" aria-label={texts.title}>
        <div className="aside">
          <SearchField />
          <label>
            {texts.standing}
            <select
              value={search.standing ?? ''}
              onChange={event => {
                const standing = STANDINGS.find(each => each === event.target.value)
                navigate({ search: before => ({ ...before, standing }), replace: true })
              }}
            >
              <option value="">{texts.any}</option>
              {STANDINGS.map(standing => (
                <option key={standing} value={standing}>
                  {texts.standings[standing]}
                </option>
              ))}
            </select>
          </label>
          <p className="soft small" aria-live="polite">
            {query.data === undefined
              ? ''
              : texts.found(format.count(String(query.data.first.totals.clients)))}
          </p>
          <p className="soft small keys">{texts.keys}</p>
          {month === null ? null : (
            <Files
              says={texts.takeAway}
              url={clientsUrl(question)}
              name={`clients-${month}`}
              types={['csv', 'parquet']}
            />
          )}
        </div>
        <Answer query={query} height={900}>
          {({ asked, first }) => <ClientTable first={first} question={asked} key={JSON.stringify(asked)} />}
        </Answer>
      </section>
    </>
  )
}

const TYPING_MS = 250
/** As the API takes. */
const SEARCH_CHARACTERS_MAX = 200

function SearchField() {
  const texts = useTexts(clientsTexts)
  const { search } = route.useSearch()
  const navigate = route.useNavigate()
  const field = useRef<HTMLInputElement>(null)
  const typing = useRef<number>(undefined)
  // What is typed is asked at a pause, or at once where somebody goes on: later, it would call them back.
  const ask = () => {
    if (typing.current === undefined) return
    clearTimeout(typing.current)
    typing.current = undefined
    const text = field.current?.value.trim()
    navigate({ search: before => ({ ...before, search: text || undefined }), replace: true })
  }
  // A link, or the way back, changes the address under the field.
  useEffect(() => {
    const place = field.current
    if (place === null || typing.current !== undefined || place.value.trim() === (search ?? '')) return
    place.value = search ?? ''
  }, [search])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
      if (event.key !== '/' || isTyping) return
      event.preventDefault()
      field.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <label>
      {texts.search}
      <input
        ref={field}
        type="search"
        defaultValue={search ?? ''}
        onKeyDown={event => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          document.querySelector<HTMLElement>('a[data-row]')?.focus()
        }}
        onChange={() => {
          clearTimeout(typing.current)
          typing.current = window.setTimeout(ask, TYPING_MS)
        }}
        onBlur={ask}
        maxLength={SEARCH_CHARACTERS_MAX}
      />
    </label>
  )
}
