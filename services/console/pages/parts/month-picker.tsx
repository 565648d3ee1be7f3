import { addMonths } from '../reader/months.ts'
import { useReader, useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

/** One month before or after at a time. */
export function MonthPicker({
  month,
  onChoose,
}: {
  readonly month: string
  readonly onChoose: (month: string) => void
}) {
  const texts = useTexts(partTexts)
  const { format } = useReader()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is laid out otherwise, and says no more
    <div className="months" role="group" aria-label={texts.month}>
      <button type="button" aria-label={texts.before} onClick={() => onChoose(addMonths(month, -1))}>
        ‹
      </button>
      <output>{format.month(month)}</output>
      <button type="button" aria-label={texts.after} onClick={() => onChoose(addMonths(month, 1))}>
        ›
      </button>
    </div>
  )
}
