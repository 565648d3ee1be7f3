import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { tokensQuery } from '../../ask/access.ts'
import { Answer } from '../../parts/answer.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { useTexts } from '../../reader/reader.tsx'
import { MakeToken } from './make-token.tsx'
import { accessTexts } from './texts.ts'
import { Tokens } from './tokens.tsx'

/** Who may use the console: an administrator's. */
export default function AccessPage() {
  const texts = useTexts(accessTexts)
  const query = useQuery(tokensQuery)
  // Below the list, once that is there; from then on it stays, since a token that was made is shown this once.
  const [isReady, setReady] = useState(false)
  if (!isReady && !query.isPending) setReady(true)
  return (
    <>
      <PageHead title={texts.title} intro={texts.intro} />
      <Answer query={query} height={400}>
        {({ tokens }) => <Tokens tokens={tokens} />}
      </Answer>
      {isReady ? <MakeToken /> : null}
    </>
  )
}
