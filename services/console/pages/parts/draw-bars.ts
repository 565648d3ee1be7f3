import { barY, type PlotOptions, pointerX, ruleY, tickY, tip } from '@observablehq/plot'

/** What was used on a day, or in an hour. */
type Bar = { readonly at: string; readonly value: number }

type Bars = {
  readonly bars: readonly Bar[]
  /** Of the same places at another time: marks across the bars. */
  readonly marks?: readonly Bar[]
  readonly chosen?: string | undefined
  /** Every which one is named, where there is little room. */
  readonly namedOf: number
  readonly nameOf: (at: string) => string
  readonly nameInFull: (at: string) => string
  readonly onAxis: (value: number) => string
  readonly inFull: (value: number) => string
}

const WIDE_PIXELS = 700

/** Bars from zero, one beside the other, each of which says what it is under the pointer. */
export function drawBars({ bars, marks = [], chosen, ...named }: Bars, width: number): PlotOptions {
  return {
    marginLeft: 56,
    marginRight: 4,
    x: {
      type: 'band',
      domain: bars.map(bar => bar.at),
      label: null,
      tickSize: 0,
      padding: 0.25,
      ticks: bars.map(bar => bar.at).filter((_, index) => width > WIDE_PIXELS || index % named.namedOf === 0),
      tickFormat: named.nameOf,
    },
    y: { label: null, tickFormat: named.onAxis, ticks: 4, grid: true, tickSize: 0, nice: true },
    marks: [
      barY(bars, {
        x: 'at',
        y: 'value',
        fill: bar => (bar.at === chosen ? 'var(--warn)' : 'var(--accent)'),
      }),
      tickY(marks, { x: 'at', y: 'value', stroke: 'var(--compare)', strokeWidth: 2 }),
      ruleY([0], { stroke: 'var(--strong-line)' }),
      tip(
        bars,
        pointerX({
          x: 'at',
          y: 'value',
          title: bar => `${named.nameInFull(bar.at)}\n${named.inFull(bar.value)}`,
        }),
      ),
    ],
  }
}

/** Of a month: those of another month stand across the days of the same number. */
export function marksOf(other: readonly Bar[], bars: readonly Bar[]): Bar[] {
  const valueByNumber = new Map(other.map(({ at, value }) => [at.slice(8), value]))
  return bars.flatMap(({ at }) => {
    const value = valueByNumber.get(at.slice(8))
    return value === undefined ? [] : [{ at, value }]
  })
}
