import { lineY, type PlotOptions, pointerX, ruleY, tip } from '@observablehq/plot'
import { useCallback } from 'react'
import type { ClientAnswer } from '../../ask/clients.ts'
import { Chart } from '../../parts/chart.tsx'
import { Figure } from '../../parts/figure.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import type { Measure } from '../../reader/format.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { forecastSql, meteredSql, shareSql, type Terms } from '../../sql/allowances.ts'
import { addUp, type Sum } from './add-up.ts'
import { clientTexts } from './texts.ts'

/**
 * What counts against each allowance, added up from the first of the month on, with the forecast to its end. Who sees
 * some clients alone is told this too, though not by which registry: `terms` are for the SQL alone.
 */
export function Allowance({ answer, terms }: Judged) {
  const texts = useTexts(clientTexts)
  if (answer.allowance === null || answer.client.metered === null) {
    return (
      <Section title={texts.allowance}>
        <p className="empty">{texts.unknownTerms}</p>
      </Section>
    )
  }
  return (
    <Section
      title={texts.allowance}
      sql={terms === null ? undefined : meteredSql(terms, answer.client.clientId)}
    >
      <div className="beside">
        <Line answer={answer} terms={terms} measure="requests" />
        <Line answer={answer} terms={terms} measure="bytes" />
      </div>
      <SumTable answer={answer} />
    </Section>
  )
}

type Judged = { readonly answer: ClientAnswer; readonly terms: Terms | null }

function Line({ answer, terms, measure }: Judged & { readonly measure: Measure }) {
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
  const crossing = client.crossings[measure]
  const words =
    crossing === null
      ? texts.within
      : crossing.isForecast
        ? texts.crosses(format.day(crossing.day))
        : texts.crossed(format.day(crossing.day))
  return (
    <div>
      <h3>{name}</h3>
      <p className={crossing === null ? 'soft' : 'warned'}>{words}</p>
      <Judgement {...{ answer, terms, measure }} />
      <Chart label={texts.allowanceOf(name)} height={220} draw={draw} />
    </div>
  )
}

/** The share of what is included, and where the month is heading while it goes on. */
function Judgement({
  answer: { client, allowance },
  terms,
  measure,
}: Judged & { readonly measure: Measure }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const show = measure === 'requests' ? format.count : format.bytes
  const percent = client.percent?.[measure] ?? null
  const forecast = client.forecast?.[measure]
  const sql = terms === null ? undefined : forecastSql(terms, measure, client.clientId)
  return (
    <dl className="figures">
      {percent === null ? null : (
        <Figure
          label={texts.share}
          value={percent}
          shown={`${format.oneDecimal(percent)}\u00a0%`}
          note={texts.ofIncluded(show(client.metered?.[measure] ?? '0'), show(allowance?.[measure] ?? '0'))}
          sql={terms === null ? undefined : shareSql(terms, measure, client.clientId)}
        />
      )}
      {forecast === undefined || sql === null ? null : (
        <Figure
          label={texts.forecastLine}
          value={forecast}
          shown={show(forecast)}
          note={texts.forecastHow}
          sql={sql}
        />
      )}
    </dl>
  )
}

function SumTable({ answer }: Pick<Judged, 'answer'>) {
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
