import { barY, type PlotOptions, pointerX, ruleY, tickY, tip } from '@observablehq/plot'
import { useCallback } from 'react'
import type { MonthDays } from '../../ask/overview.ts'
import { Empty } from '../../parts/answer.tsx'
import { Chart } from '../../parts/chart.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { daysOf } from '../../reader/months.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { daysSql } from '../../sql/usage.ts'
import { overviewTexts } from './texts.ts'

type Day = MonthDays['days'][number]

/** All clients' requests day by day, against the same days of the month before. */
export function MonthBars({
  usage,
  before,
}: {
  readonly usage: MonthDays
  readonly before: MonthDays | null
}) {
  const texts = useTexts(overviewTexts)
  const { format } = useReader()
  const draw = useCallback(
    (width: number): PlotOptions => {
      const { month } = usage
      const byDay = new Map(usage.days.map(each => [each.day, Number(each.requests)]))
      const bars = daysOf(month).map(day => ({ day, value: byDay.get(day) ?? 0 }))
      const marks = (before?.days ?? [])
        .map(each => ({ day: `${month}-${each.day.slice(8)}`, value: Number(each.requests) }))
        .filter(each => bars.some(bar => bar.day === each.day))
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
        y: { label: null, tickFormat: format.compact, ticks: 4, grid: true, tickSize: 0, nice: true },
        marks: [
          barY(bars, { x: 'day', y: 'value', fill: 'var(--accent)' }),
          tickY(marks, { x: 'day', y: 'value', stroke: 'var(--compare)', strokeWidth: 2 }),
          ruleY([0], { stroke: 'var(--strong-line)' }),
          tip(
            bars,
            pointerX({
              x: 'day',
              y: 'value',
              title: bar => `${format.dayLong(bar.day)}\n${format.count(String(bar.value))}`,
            }),
          ),
        ],
      }
    },
    [usage, before, format],
  )
  if (usage.days.length === 0) {
    return (
      <Section title={texts.byDay}>
        <Empty>{texts.nothing}</Empty>
      </Section>
    )
  }
  return (
    <Section title={texts.byDay} sql={daysSql(usage.month)}>
      {before === null || before.days.length === 0 ? null : (
        <p className="soft">{texts.marks(format.month(before.month))}</p>
      )}
      <Chart label={texts.byDayOf} height={220} draw={draw}>
        <Table
          label={texts.byDay}
          rows={usage.days}
          keyOf={each => each.day}
          columns={[
            { head: texts.day, cell: each => format.day(each.day) },
            {
              head: texts.requests,
              isNumber: true,
              cell: each => <data value={each.requests}>{format.count(each.requests)}</data>,
            },
            {
              head: texts.transfer,
              isNumber: true,
              cell: each => <data value={bytesOf(each)}>{format.bytes(bytesOf(each))}</data>,
            },
          ]}
        />
      </Chart>
    </Section>
  )
}

function bytesOf({ requestBytes, responseBytes }: Day): string {
  return String(BigInt(requestBytes) + BigInt(responseBytes))
}
