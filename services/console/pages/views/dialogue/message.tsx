import type { DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { LANGUAGES, type Language } from '@forbruk/schemas/statement/language.ts'
import { useId, useState } from 'react'
import { Section } from '../../parts/section.tsx'
import { createFormat, localeOf } from '../../reader/format.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { dialogueTexts } from './texts.ts'
import { writeMessage } from './write-message.ts'

const NAMES = { nb: 'Norsk', en: 'English' } as const

/** Words to begin with, in the client's language; the account manager's own by the time they are copied. */
export function Message({ shown }: { readonly shown: DialogueCase }) {
  const texts = useTexts(dialogueTexts)
  const { language: own } = useReader()
  const [language, setLanguage] = useState<Language>(own)
  const suggest = (inLanguage: Language) => {
    const format = createFormat(localeOf(inLanguage, navigator.languages))
    return writeMessage(shown, inLanguage, format)
  }
  const [text, setText] = useState(() => suggest(own))
  const [isCopied, setCopied] = useState(false)
  const hint = useId()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <Section title={texts.message}>
      <p className="soft small" id={hint}>
        {texts.messageHint}
      </p>
      <label>
        {texts.messageLanguage}
        <select
          value={language}
          onChange={event => {
            const chosen = LANGUAGES.find(each => each === event.target.value) ?? own
            setLanguage(chosen)
            setText(suggest(chosen))
            setCopied(false)
          }}
        >
          {LANGUAGES.map(each => (
            <option key={each} value={each} lang={each}>
              {NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <textarea
        className="message"
        aria-label={texts.message}
        aria-describedby={hint}
        lang={language}
        rows={15}
        value={text}
        onChange={event => {
          setText(event.target.value)
          setCopied(false)
        }}
      />
      <div className="actions">
        <button type="button" onClick={copy}>
          {isCopied ? texts.copied : texts.copy}
        </button>
      </div>
    </Section>
  )
}
