import { useReader, useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

/** Of an allowance, in words and as a bar that ends at all of it. */
export function Share({
  percent,
  isOver,
}: {
  readonly percent: string | null | undefined
  /** By a little as well, which the percentage no longer shows. */
  readonly isOver: boolean
}) {
  const texts = useTexts(partTexts)
  const { format } = useReader()
  if (percent === null || percent === undefined) return <>–</>
  const used = Number(percent)
  return (
    <span className="share">
      {isOver && used <= 100 ? `${texts.over} ` : ''}
      <data value={percent}>{format.oneDecimal(percent)}</data> %
      <span className="track">
        <span className={isOver ? 'full' : ''} style={{ width: `${Math.min(100, used)}%` }} />
      </span>
    </span>
  )
}
