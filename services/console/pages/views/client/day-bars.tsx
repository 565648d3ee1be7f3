import { useCallback } from 'react'
import { bytesOf, type UsageRow } from '../../ask/usage.ts'
import { Chart } from '../../parts/chart.tsx'
import { drawBars, marksOf } from '../../parts/draw-bars.ts'
import { Table } from '../../parts/table.tsx'
import type { Measure } from '../../reader/format.ts'
import { daysOf } from '../../reader/months.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { clientTexts } from './texts.ts'

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
    (width: number) => {
      const toBar = (row: UsageRow) => ({ at: row.at ?? '', value: figureOf(row, measure) })
      const used = new Map(rows.map(row => [row.at, figureOf(row, measure)]))
      const bars = daysOf(month).map(at => ({ at, value: used.get(at) ?? 0 }))
      const marks = marksOf(compared.map(toBar), bars)
      return drawBars(
        { ...format.ofDays, ...format.ofMeasure(measure), bars, marks, chosen: chosenDay },
        width,
      )
    },
    [month, measure, rows, compared, chosenDay, format],
  )
  const pick = (datum: unknown) => {
    if (typeof datum === 'object' && datum !== null && 'at' in datum) onPick(String(datum.at))
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

export function figureOf(row: UsageRow, measure: Measure): number {
  return measure === 'requests' ? Number(row.requests) : Number(bytesOf(row))
}
