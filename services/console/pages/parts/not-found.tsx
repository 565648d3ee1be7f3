import { Link, useRouter } from '@tanstack/react-router'
import { useTexts } from '../reader/reader.tsx'
import { notFoundTexts } from '../texts/not-found.ts'
import { Failure } from './answer.tsx'
import { PageHead } from './page-head.tsx'

export function NotFound() {
  const texts = useTexts(notFoundTexts)
  return (
    <>
      <PageHead title={texts.notFound} />
      <p>
        <Link to="/">{texts.toOverview}</Link>
      </p>
    </>
  )
}

export function Broken({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const texts = useTexts(notFoundTexts)
  const router = useRouter()
  const retry = async () => {
    // Asks for the page's script again, where that is what did not come.
    await router.invalidate()
    reset()
  }
  return (
    <>
      <PageHead title={texts.broken} />
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={retry} />
    </>
  )
}
