import { useReader } from '../reader/reader.tsx'

/** Of an allowance, in words and as a bar that ends at all of it. */
export function Share({ percent }: { readonly percent: string | null | undefined }) {
  const { format } = useReader()
  if (percent === null || percent === undefined) return <>–</>
  const used = Number(percent)
  return (
    <span className="share">
      <data value={percent}>{format.oneDecimal(percent)}</data> %
      <span className="track">
        <span className={used > 100 ? 'full' : ''} style={{ width: `${Math.min(100, used)}%` }} />
      </span>
    </span>
  )
}
