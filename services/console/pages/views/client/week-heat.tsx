import { cell, type PlotOptions, pointer, tip } from '@observablehq/plot'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { type UsageRow, usageQuery } from '../../ask/usage.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Chart } from '../../parts/chart.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { weekSql } from '../../sql/usage.ts'
import { clientTexts } from './texts.ts'

/** Any Monday: weekdays are named by the days after it. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000

/** When in the week a client asks: requests of the month by weekday and hour. */
export function WeekHeat({ clientId, month }: { readonly clientId: string; readonly month: string }) {
  const texts = useTexts(clientTexts)
  const query = useQuery(usageQuery({ month, by: 'hourOfWeek', client: [clientId] }))
  return (
    <Section title={texts.week} sql={weekSql(month, clientId)}>
      <Answer query={query} height={265}>
        {({ rows }) => (rows.length === 0 ? <Empty>{texts.empty}</Empty> : <Heat rows={rows} />)}
      </Answer>
    </Section>
  )
}

/** `3T11`: Monday is 1, and hours are local. */
function toCell({ at, requests }: UsageRow) {
  const [weekday = '', hour = ''] = at?.split('T') ?? []
  return { weekday: Number(weekday), hour: Number(hour), requests: Number(requests) }
}

function Heat({ rows }: { readonly rows: readonly UsageRow[] }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const cells = useMemo(() => rows.map(toCell), [rows])
  const nameOf = useCallback(
    (weekday: number) => format.weekday(new Date(MONDAY + (weekday - 1) * DAY_MS).toISOString()),
    [format],
  )
  const draw = useCallback(
    (width: number): PlotOptions => ({
      marginLeft: 44,
      marginRight: 2,
      marginTop: 6,
      padding: 0.06,
      x: {
        type: 'band',
        domain: Array.from({ length: 24 }, (_, hour) => hour),
        label: null,
        tickSize: 0,
        tickFormat: (hour: number) => (width > 700 || hour % 4 === 0 ? String(hour).padStart(2, '0') : ''),
      },
      y: { type: 'band', domain: [1, 2, 3, 4, 5, 6, 7], label: null, tickSize: 0, tickFormat: nameOf },
      color: { type: 'sqrt', range: [0.06, 1] },
      marks: [
        // One colour, more or less of it: a scale of colours can't follow light and dark.
        cell(cells, {
          x: 'hour',
          y: 'weekday',
          fill: 'var(--heat-most)',
          fillOpacity: { value: 'requests', scale: 'opacity' },
        }),
        tip(
          cells,
          pointer({
            x: 'hour',
            y: 'weekday',
            title: ({ weekday, hour, requests }) =>
              `${nameOf(weekday)} ${String(hour).padStart(2, '0')}\n${format.count(String(requests))}`,
          }),
        ),
      ],
      opacity: { type: 'sqrt', range: [0.05, 1] },
    }),
    [cells, format, nameOf],
  )
  return (
    <Chart label={texts.weekOf} height={240} draw={draw}>
      <Table
        label={texts.weekOf}
        rows={cells}
        keyOf={({ weekday, hour }) => `${weekday} ${hour}`}
        columns={[
          { head: texts.weekday, cell: each => nameOf(each.weekday) },
          { head: texts.hour, cell: each => String(each.hour).padStart(2, '0') },
          {
            head: texts.requests,
            isNumber: true,
            cell: each => <data value={String(each.requests)}>{format.count(String(each.requests))}</data>,
          },
        ]}
      />
    </Chart>
  )
}
