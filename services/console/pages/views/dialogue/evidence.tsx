import type { DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { barY, type PlotOptions, pointerX, ruleY, tip } from '@observablehq/plot'
import { useCallback } from 'react'
import { Chart } from '../../parts/chart.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { evidenceSql } from '../../sql/statements.ts'
import { dialogueTexts } from './texts.ts'

type OfMonth = DialogueCase['months'][number]
type Use = { readonly requests: string; readonly bytes: string }

/** Why there is something to talk about: in a sentence for each allowance, and what lies behind it. */
export function EvidenceOf({ caseId, ofMonth }: { readonly caseId: string; readonly ofMonth: OfMonth }) {
  const texts = useTexts(dialogueTexts)
  const { format } = useReader()
  const { month, evidence } = ofMonth
  const { requests, transfer } = evidence
  const figures = useUse()
  return (
    <>
      <Section title={texts.evidence(format.month(month))} sql={evidenceSql(caseId, month, 'trend')}>
        {requests === null ? null : (
          <p>
            {texts.above.requests(
              format.count(requests.used),
              format.count(requests.included),
              format.count(requests.above),
              format.nok(requests.amountNok),
            )}
          </p>
        )}
        {transfer === null ? null : (
          <p>
            {texts.above.transfer(
              format.bytes(transfer.used),
              format.bytes(transfer.included),
              format.bytes(transfer.above),
              format.nok(transfer.amountNok),
            )}
          </p>
        )}
        <Trend trend={evidence.trend} included={requests?.included ?? null} />
      </Section>
      <div className="beside">
        <Section title={texts.integrations} sql={evidenceSql(caseId, month, 'integrations')}>
          <Table
            label={texts.integrations}
            rows={evidence.integrations}
            keyOf={each => each.integrationId}
            columns={[
              { head: texts.integration, cell: each => <code>{each.integrationId}</code> },
              ...figures,
            ]}
          />
        </Section>
        <Section title={texts.hours} sql={evidenceSql(caseId, month, 'hours')}>
          <Table
            label={texts.hours}
            rows={evidence.hours}
            keyOf={each => each.hour}
            columns={[{ head: texts.hour, cell: each => format.instant(each.hour) }, ...figures]}
          />
        </Section>
      </div>
    </>
  )
}

function useUse() {
  const texts = useTexts(dialogueTexts)
  const { format } = useReader()
  return [
    {
      head: texts.requests,
      isNumber: true,
      cell: (each: Use) => <data value={each.requests}>{format.count(each.requests)}</data>,
    },
    {
      head: texts.transfer,
      isNumber: true,
      cell: (each: Use) => <data value={each.bytes}>{format.bytes(each.bytes)}</data>,
    },
  ]
}

function Trend({
  trend,
  included,
}: {
  readonly trend: OfMonth['evidence']['trend']
  readonly included: string | null
}) {
  const texts = useTexts(dialogueTexts)
  const { format } = useReader()
  const figures = useUse()
  const draw = useCallback(
    (width: number): PlotOptions => {
      const bars = trend.map(each => ({ month: each.month, value: Number(each.requests) }))
      return {
        marginLeft: 56,
        x: {
          type: 'band',
          label: null,
          tickSize: 0,
          tickFormat: width > 560 ? format.month : format.monthShort,
          padding: 0.6,
        },
        y: { label: null, tickFormat: format.compact, ticks: 4, grid: true, tickSize: 0, nice: true },
        marks: [
          barY(bars, { x: 'month', y: 'value', fill: 'var(--accent)' }),
          ...(included === null
            ? []
            : [
                ruleY([Number(included)], {
                  stroke: 'var(--warn)',
                  strokeWidth: 1.5,
                  strokeDasharray: '5 4',
                }),
              ]),
          ruleY([0], { stroke: 'var(--strong-line)' }),
          tip(
            bars,
            pointerX({
              x: 'month',
              y: 'value',
              title: bar => `${format.month(bar.month)}\n${format.count(String(bar.value))}`,
            }),
          ),
        ],
      }
    },
    [trend, included, format],
  )
  return (
    <Chart label={texts.trendOf} height={180} draw={draw}>
      <Table
        label={texts.trend}
        rows={trend}
        keyOf={each => each.month}
        columns={[{ head: texts.month, cell: each => format.month(each.month) }, ...figures]}
      />
    </Chart>
  )
}
