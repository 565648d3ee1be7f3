import { addMonths, isMonth } from '../reader/months.ts'
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
  const [before, after] = [addMonths(month, -1), addMonths(month, 1)]
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is laid out otherwise, and says no more
    <div className="months" role="group" aria-label={texts.month}>
      <button
        type="button"
        aria-label={texts.before}
        disabled={!isMonth(before)}
        onClick={() => onChoose(before)}
      >
        ‹
      </button>
      <output>{format.month(month)}</output>
      <button
        type="button"
        aria-label={texts.after}
        disabled={!isMonth(after)}
        onClick={() => onChoose(after)}
      >
        ›
      </button>
    </div>
  )
}
