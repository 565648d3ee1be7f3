import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type UsageRow, usageQuery } from '../../ask/usage.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Chart } from '../../parts/chart.tsx'
import { drawBars } from '../../parts/draw-bars.ts'
import { useReturnFocus } from '../../parts/return-focus.ts'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { type Measure, TIME_ZONE } from '../../reader/format.ts'
import { addDays, hoursOf } from '../../reader/months.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { hoursSql } from '../../sql/usage.ts'
import { figureOf, useFigures } from './day-bars.tsx'
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
  useReturnFocus()
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
          rows.length === 0 ? <Empty>{texts.empty}</Empty> : <HourBars {...{ title, day, rows, measure }} />
        }
      </Answer>
    </Section>
  )
}

function HourBars({
  title,
  day,
  rows,
  measure,
}: {
  readonly title: string
  readonly day: string
  readonly rows: readonly UsageRow[]
  readonly measure: Measure
}) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const figures = useFigures()
  const draw = useCallback(
    (width: number) => {
      const used = new Map(rows.map(row => [Date.parse(row.at ?? ''), figureOf(row, measure)]))
      const bars = hoursOf(day, TIME_ZONE).map(at => ({ at, value: used.get(Date.parse(at)) ?? 0 }))
      return drawBars({ ...format.ofHours, ...format.ofMeasure(measure), bars }, width)
    },
    [day, rows, measure, format],
  )
  const hour = { head: texts.hour, cell: (row: UsageRow) => format.clock(row.at ?? '') }
  return (
    <Chart label={title} height={200} draw={draw}>
      <Table label={title} rows={rows} keyOf={row => row.at ?? ''} columns={[hour, ...figures]} />
    </Chart>
  )
}
