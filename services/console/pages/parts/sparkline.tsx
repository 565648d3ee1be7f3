import { line } from 'd3-shape'

const WIDTH = 96
const HEIGHT = 24

/** The shape of a month beside other figures, which say what it says. */
export function Sparkline({ values }: { readonly values: readonly string[] }) {
  const numbers = values.map(Number)
  const most = Math.max(1, ...numbers)
  const path = line<number>()
    .x((_, index) => 1 + (index * (WIDTH - 2)) / Math.max(1, numbers.length - 1))
    .y(value => HEIGHT - 2 - (value / most) * (HEIGHT - 4))(numbers)
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      <path d={path ?? ''} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  )
}
