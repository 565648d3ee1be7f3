import { chooseTicks } from './choose-ticks.ts'
import { type Html, html } from './html.ts'

type BarChart = {
  /** Read out, and shown above. */
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly value: bigint; readonly description: string }[]
  /** `top` is the highest tick, whose unit suits them all. */
  readonly formatTick: (value: bigint, top: bigint) => string
}

const WIDTH = 720
const HEIGHT = 126
const LEFT = 64
const TOP = 8
const BOTTOM = 20
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM
const GAP = 3
/** A bar of something is never invisible. */
const BAR_HEIGHT_MIN = 1.5

/** Pure: bars from zero, as SVG. Heights are for the eye; the figures are in the descriptions. */
export function drawBarChart({ title, bars, formatTick }: BarChart): Html {
  const ticks = chooseTicks(bars.reduce((most, { value }) => (value > most ? value : most), 0n))
  const top = ticks.at(-1) ?? 1n
  const y = (value: bigint) => TOP + PLOT_HEIGHT * (1 - Number((value * 10_000n) / top) / 10_000)
  const step = (WIDTH - LEFT) / Math.max(bars.length, 1)
  return html`<figure><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${ticks.map(tick => {
  const height = place(y(tick))
  return html`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${height}" y2="${height}"/>
<text class="tick" x="${LEFT - 6}" y="${place(y(tick) + 3)}">${formatTick(tick, top)}</text>`
})}
${bars.map(({ label, value, description }, index) => {
  const x = LEFT + index * step
  const height = value === 0n ? 0 : Math.max(BAR_HEIGHT_MIN, TOP + PLOT_HEIGHT - y(value))
  const corner = html`x="${place(x + GAP / 2)}" y="${place(TOP + PLOT_HEIGHT - height)}"`
  const size = html`width="${place(step - GAP)}" height="${place(height)}"`
  return html`<rect class="bar" ${corner} ${size}><title>${description}</title></rect>
<text class="day" x="${place(x + step / 2)}" y="${HEIGHT - 6}">${label}</text>
`
})}</svg></figure>`
}

function place(value: number): string {
  return value.toFixed(1)
}
