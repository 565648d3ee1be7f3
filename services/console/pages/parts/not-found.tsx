import { Link } from '@tanstack/react-router'
import { useTexts } from '../reader/reader.tsx'
import { frameTexts } from '../texts/frame.ts'
import { Failure } from './answer.tsx'

export function NotFound() {
  const texts = useTexts(frameTexts)
  return (
    <>
      <h1>{texts.notFound}</h1>
      <p>
        <Link to="/">{texts.toOverview}</Link>
      </p>
    </>
  )
}

export function Broken({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const texts = useTexts(frameTexts)
  return (
    <>
      <h1>{texts.broken}</h1>
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    </>
  )
}
