import { useState } from 'react'
import { useSeesAll } from '../ask/session.ts'
import { useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

/** Where a figure comes from: the question that gives it, to be read, copied and asked by anybody. */
export function Sql({ text, of }: { readonly text: string; readonly of: string }) {
  const texts = useTexts(partTexts)
  const [isCopied, setCopied] = useState(false)
  const seesAll = useSeesAll()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  // Who sees some clients alone has no way to ask it.
  if (!seesAll) return null
  return (
    <details className="sql">
      <summary aria-label={texts.sqlOf(of)}>SQL</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" onClick={copy}>
        {isCopied ? texts.copied : texts.copy}
      </button>
    </details>
  )
}
