import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Problem } from '../ask/problem.ts'
import { useTexts } from '../reader/reader.tsx'
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
      <span className="unseen">{texts.loading}</span>
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
  const todo =
    said !== undefined && error instanceof Problem && error.status < 500
      ? said
      : error instanceof Problem
        ? error.status === 401
          ? texts.signIn
          : error.status >= 500
            ? texts.serverFailed
            : ''
        : texts.unreachable
  return (
    <div className="notice bad" role="alert">
      <p>{error instanceof Problem ? error.message : texts.noAnswer}</p>
      {todo === '' ? null : <p>{todo}</p>}
      {retry === undefined ? null : (
        <button type="button" onClick={() => retry()}>
          {texts.again}
        </button>
      )}
    </div>
  )
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>
}
