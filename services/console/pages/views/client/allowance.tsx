import { lineY, type PlotOptions, pointerX, ruleY, tip } from '@observablehq/plot'
import { useCallback } from 'react'
import type { ClientAnswer } from '../../ask/clients.ts'
import { Chart } from '../../parts/chart.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import type { Measure } from '../../reader/format.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { addUp, type Sum } from './add-up.ts'
import { clientTexts } from './texts.ts'

/** What counts against each allowance, added up from the first of the month on, with the forecast to its end. */
export function Allowance({
  answer,
  sql,
}: {
  readonly answer: ClientAnswer
  readonly sql: string | undefined
}) {
  const texts = useTexts(clientTexts)
  const { client, allowance } = answer
  if (allowance === null || client.metered === null) {
    return (
      <Section title={texts.allowance}>
        <p className="empty">{texts.unknownTerms}</p>
      </Section>
    )
  }
  return (
    <Section title={texts.allowance} sql={sql}>
      <div className="beside">
        <Line answer={answer} measure="requests" />
        <Line answer={answer} measure="bytes" />
      </div>
      <SumTable answer={answer} />
    </Section>
  )
}

function Line({ answer, measure }: { readonly answer: ClientAnswer; readonly measure: Measure }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const { client, allowance } = answer
  const name = measure === 'requests' ? texts.requests : texts.transfer
  const draw = useCallback(
    (width: number): PlotOptions => {
      const show = measure === 'requests' ? format.compact : (value: number) => format.bytes(String(value))
      const { counted, forecast } = addUp(answer, measure)
      const included = Number(allowance?.[measure] ?? 0)
      return {
        marginLeft: 56,
        marginRight: 8,
        x: {
          type: 'point',
          domain: answer.days,
          label: null,
          tickSize: 0,
          ticks: answer.days.filter((_, index) => index % (width > 420 ? 5 : 10) === 0),
          tickFormat: (day: string) => String(Number(day.slice(8))),
        },
        y: {
          label: null,
          tickFormat: show,
          ticks: 4,
          grid: true,
          tickSize: 0,
          domain: [0, 1.06 * Math.max(included, ...[...counted, ...forecast].map(each => each.value))],
        },
        marks: [
          ruleY([0], { stroke: 'var(--strong-line)' }),
          ruleY([included], { stroke: 'var(--warn)', strokeWidth: 1.5, strokeDasharray: '5 4' }),
          lineY(forecast, {
            x: 'day',
            y: 'value',
            stroke: 'var(--accent)',
            strokeDasharray: '2 4',
            strokeWidth: 2,
          }),
          lineY(counted, { x: 'day', y: 'value', stroke: 'var(--accent)', strokeWidth: 2.5 }),
          tip(
            [...counted, ...forecast],
            pointerX({
              x: 'day',
              y: 'value',
              title: (sum: Sum) => `${format.dayLong(sum.day)}\n${show(sum.value)}`,
            }),
          ),
        ],
      }
    },
    [answer, allowance, measure, format],
  )
  const included = allowance?.[measure] ?? '0'
  const crossing = client.crossings[measure]
  const words =
    crossing === null
      ? texts.within
      : crossing.isForecast
        ? texts.crosses(format.day(crossing.day))
        : texts.crossed(format.day(crossing.day))
  const shown = measure === 'requests' ? format.count(included) : format.bytes(included)
  return (
    <div>
      <h3>{name}</h3>
      <p className={crossing === null ? 'soft' : 'warned'}>
        {texts.ofIncluded(format.oneDecimal(client.percent?.[measure] ?? '0'), shown)}. {words}
      </p>
      <Chart label={texts.allowanceOf(name)} height={220} draw={draw} />
    </div>
  )
}

function SumTable({ answer }: { readonly answer: ClientAnswer }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const sums = addUp(answer, 'requests').exact.map((requests, index) => ({
    ...requests,
    bytes: addUp(answer, 'bytes').exact[index]?.sum ?? '0',
  }))
  return (
    <details className="as-table">
      <summary>{texts.asTable}</summary>
      <Table
        label={texts.allowance}
        rows={sums}
        keyOf={each => each.day}
        columns={[
          { head: texts.day, cell: each => format.day(each.day) },
          {
            head: texts.requests,
            isNumber: true,
            cell: each => <data value={each.sum}>{format.count(each.sum)}</data>,
          },
          {
            head: texts.transfer,
            isNumber: true,
            cell: each => <data value={each.bytes}>{format.bytes(each.bytes)}</data>,
          },
        ]}
      />
    </details>
  )
}
