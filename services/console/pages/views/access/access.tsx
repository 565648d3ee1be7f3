import { useQuery } from '@tanstack/react-query'
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
  return (
    <>
      <PageHead title={texts.title} intro={texts.intro} />
      <Answer query={query} height={400}>
        {({ tokens }) => <Tokens tokens={tokens} />}
      </Answer>
      <MakeToken />
    </>
  )
}
