import { barY, type PlotOptions, pointerX, ruleY, tip } from '@observablehq/plot'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { bytesOf, type UsageRow, usageQuery } from '../../ask/usage.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Chart } from '../../parts/chart.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { addDays } from '../../reader/months.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { hoursSql } from '../../sql/usage.ts'
import { type Measure, useFigures } from './day-bars.tsx'
import { clientTexts } from './texts.ts'

/** One day of a client, hour by hour of the tariff's time zone. */
export function Hours({
  clientId,
  day,
  measure,
  onClose,
}: {
  readonly clientId: string
  readonly day: string
  readonly measure: Measure
  readonly onClose: () => void
}) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const query = useQuery(usageQuery({ from: day, to: addDays(day, 1), by: 'hour', client: [clientId] }))
  const title = texts.byHour(format.dayLong(day))
  const close = (
    <button type="button" onClick={onClose}>
      {texts.closeDay}
    </button>
  )
  return (
    <Section title={title} sql={hoursSql(day, clientId)} aside={close}>
      <Answer query={query} height={225}>
        {({ rows }) =>
          rows.length === 0 ? <Empty>{texts.empty}</Empty> : <HourBars {...{ title, rows, measure }} />
        }
      </Answer>
    </Section>
  )
}

function HourBars({
  title,
  rows,
  measure,
}: {
  readonly title: string
  readonly rows: readonly UsageRow[]
  readonly measure: Measure
}) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const figures = useFigures()
  const draw = useCallback(
    (width: number): PlotOptions => {
      const show = measure === 'requests' ? format.compact : (value: number) => format.bytes(String(value))
      const bars = rows.map(row => ({
        hour: row.at ?? '',
        value: measure === 'requests' ? Number(row.requests) : Number(bytesOf(row)),
      }))
      return {
        marginLeft: 56,
        marginRight: 4,
        x: {
          type: 'band',
          label: null,
          tickSize: 0,
          ticks: bars.map(bar => bar.hour).filter((_, index) => width > 700 || index % 4 === 0),
          tickFormat: format.clock,
        },
        y: { label: null, tickFormat: show, ticks: 4, grid: true, tickSize: 0, nice: true },
        marks: [
          barY(bars, { x: 'hour', y: 'value', fill: 'var(--accent)' }),
          ruleY([0], { stroke: 'var(--strong-line)' }),
          tip(
            bars,
            pointerX({
              x: 'hour',
              y: 'value',
              title: bar => `${format.clock(bar.hour)}\n${show(bar.value)}`,
            }),
          ),
        ],
      }
    },
    [rows, measure, format],
  )
  const hour = { head: texts.hour, cell: (row: UsageRow) => format.clock(row.at ?? '') }
  return (
    <Chart label={title} height={200} draw={draw}>
      <Table label={title} rows={rows} keyOf={row => row.at ?? ''} columns={[hour, ...figures]} />
    </Chart>
  )
}
