import { type Query, useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { useReader, useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

const FAILED = {
  type: 'active',
  predicate: ({ state }: Query) => state.data !== undefined && state.status === 'error',
} as const

/** Of a page that is looked at while the server is gone: its figures stay, and say how old they are. */
export function Stale() {
  const texts = useTexts(partTexts)
  const { format } = useReader()
  const queries = useQueryClient()
  const cache = queries.getQueryCache()
  const oldestMs = useSyncExternalStore(
    changed => cache.subscribe(changed),
    () => Math.min(...cache.findAll(FAILED).map(({ state }) => state.dataUpdatedAt)),
  )
  if (!Number.isFinite(oldestMs)) return null
  return (
    <div className="notice warn stale" role="status">
      <p>{texts.stale(format.instant(new Date(oldestMs).toISOString()))}</p>
      <button type="button" onClick={() => queries.refetchQueries(FAILED)}>
        {texts.again}
      </button>
    </div>
  )
}
