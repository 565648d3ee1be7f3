import { barY, type PlotOptions, pointerX, ruleY, tickY, tip } from '@observablehq/plot'
import { useCallback } from 'react'
import { bytesOf, type UsageRow } from '../../ask/usage.ts'
import { Chart } from '../../parts/chart.tsx'
import { Table } from '../../parts/table.tsx'
import { daysOf } from '../../reader/months.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { clientTexts } from './texts.ts'

export type Measure = 'requests' | 'bytes'

type Bar = { readonly day: string; readonly value: number }

/** A bar for each day of the month; across each, a mark of the same day of another month. */
export function DayBars({
  month,
  measure,
  rows,
  compared,
  chosenDay,
  onPick,
}: {
  readonly month: string
  readonly measure: Measure
  readonly rows: readonly UsageRow[]
  readonly compared: readonly UsageRow[]
  readonly chosenDay: string | undefined
  readonly onPick: (day: string) => void
}) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const draw = useCallback(
    (width: number): PlotOptions => {
      const show = measure === 'requests' ? format.compact : (value: number) => format.bytes(String(value))
      const valueByDay = new Map(rows.map(row => [row.at, figureOf(row, measure)]))
      const bars = daysOf(month).map((day): Bar => ({ day, value: valueByDay.get(day) ?? 0 }))
      const others = compared.flatMap(row => {
        const day = `${month}-${row.at?.slice(8)}`
        return bars.some(bar => bar.day === day) ? [{ day, value: figureOf(row, measure) }] : []
      })
      return {
        marginLeft: 56,
        marginRight: 4,
        x: {
          type: 'band',
          label: null,
          tickSize: 0,
          padding: 0.25,
          ticks: bars.map(bar => bar.day).filter((_, index) => width > 700 || index % 5 === 0),
          tickFormat: (day: string) => String(Number(day.slice(8))),
        },
        y: { label: null, tickFormat: show, ticks: 4, grid: true, tickSize: 0, nice: true },
        marks: [
          barY(bars, {
            x: 'day',
            y: 'value',
            fill: bar => (bar.day === chosenDay ? 'var(--warn)' : 'var(--accent)'),
          }),
          tickY(others, { x: 'day', y: 'value', stroke: 'var(--compare)', strokeWidth: 2 }),
          ruleY([0], { stroke: 'var(--strong-line)' }),
          tip(
            bars,
            pointerX({
              x: 'day',
              y: 'value',
              title: bar => `${format.dayLong(bar.day)}\n${show(bar.value)}`,
            }),
          ),
        ],
      }
    },
    [month, measure, rows, compared, chosenDay, format],
  )
  const pick = (datum: unknown) => {
    if (typeof datum === 'object' && datum !== null && 'day' in datum) onPick(String(datum.day))
  }
  const name = measure === 'requests' ? texts.requests : texts.transfer
  return (
    <Chart label={texts.byDayOf(name)} height={240} draw={draw} onPick={pick}>
      <Table
        label={texts.byDay}
        rows={rows}
        keyOf={row => row.at ?? ''}
        columns={[
          {
            head: texts.day,
            cell: row => (
              <button type="button" className="plain" onClick={() => onPick(row.at ?? '')}>
                {format.day(row.at ?? '')}
              </button>
            ),
          },
          ...useFigures(),
        ]}
      />
    </Chart>
  )
}

/** The columns of both measures, exact. */
export function useFigures() {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  return [
    {
      head: texts.requests,
      isNumber: true,
      cell: (row: UsageRow) => <data value={row.requests}>{format.count(row.requests)}</data>,
    },
    {
      head: texts.transfer,
      isNumber: true,
      cell: (row: UsageRow) => {
        const bytes = String(bytesOf(row))
        return <data value={bytes}>{format.bytes(bytes)}</data>
      },
    },
  ]
}

function figureOf(row: UsageRow, measure: Measure): number {
  return measure === 'requests' ? Number(row.requests) : Number(bytesOf(row))
}
