import { useCallback } from 'react'
import type { MonthDays } from '../../ask/overview.ts'
import { Empty } from '../../parts/answer.tsx'
import { Chart } from '../../parts/chart.tsx'
import { drawBars, marksOf } from '../../parts/draw-bars.ts'
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
    (width: number) => {
      const valueByDay = new Map(usage.days.map(each => [each.day, Number(each.requests)]))
      const bars = daysOf(usage.month).map(at => ({ at, value: valueByDay.get(at) ?? 0 }))
      const others = (before?.days ?? []).map(each => ({ at: each.day, value: Number(each.requests) }))
      const named = { ...format.ofDays, ...format.ofMeasure('requests') }
      return drawBars({ ...named, bars, marks: marksOf(others, bars) }, width)
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
