import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { WORDS_NB } from '../../server/problem-words.ts'
import { Problem } from '../ask/problem.ts'
import { useReader, useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

/** What was asked, once it is there; until then its place is kept, and what went wrong says what to do. */
export function Answer<Data>({
  query,
  height,
  children,
}: {
  readonly query: UseQueryResult<Data>
  /** What it takes, so that nothing moves when it comes. */
  readonly height: number
  readonly children: (data: Data) => ReactNode
}) {
  const texts = useTexts(partTexts)
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error !== null) return <Failure error={query.error} retry={query.refetch} />
  return (
    <div className="skeleton" style={{ height }} role="status">
      <p className="slow">{texts.loading}</p>
      <p className="slower">{texts.loadingLong}</p>
    </div>
  )
}

export function Failure({
  error,
  retry,
  todo: said,
}: {
  readonly error: Error
  readonly retry?: () => unknown
  /** What to do about a refusal, where the place knows better. */
  readonly todo?: string
}) {
  const texts = useTexts(partTexts)
  const isRefused = error instanceof Problem && error.status < 500
  const todo = isRefused && said !== undefined ? said : texts.todos[whyOf(error)]
  return (
    <div className="notice bad" role="alert">
      {isUnreachable(error) ? <p>{texts.noAnswer}</p> : <Said error={error} />}
      {todo === '' ? null : <p>{todo}</p>}
      {retry === undefined ? null : (
        <button type="button" onClick={() => retry()}>
          {texts.again}
        </button>
      )}
    </div>
  )
}

/** What the server says of it is English; before that stands what it is, for readers of Norwegian. */
function Said({ error }: { readonly error: Error }) {
  const { language } = useReader()
  const words: Readonly<Record<string, string>> = WORDS_NB
  const said = language === 'nb' && error instanceof Problem ? words[error.kind] : undefined
  if (said === undefined) return <p lang="en">{error.message}</p>
  return (
    <p>
      {said}
      <span className="note" lang="en">
        {error.message}
      </span>
    </p>
  )
}

function whyOf(error: Error) {
  if (!(error instanceof Problem)) return isUnreachable(error) ? 'unreachable' : 'unknown'
  const { status } = error
  if (status >= 500) return 'serverFailed'
  if (status === 401) return 'signedOut'
  if (status === 403) return 'notAllowed'
  return status === 429 ? 'tooOften' : 'refused'
}

/** What browsers throw when nobody answers is no kind of its own: Chromium, Firefox and Safari word it so. */
function isUnreachable(error: Error): boolean {
  return error instanceof TypeError && /failed to fetch|networkerror|load failed/i.test(error.message)
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty sentence">{children}</p>
}
