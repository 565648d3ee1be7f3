import { Link } from '@tanstack/react-router'
import { type ClientMonth, type Crossing, isPast } from '../../ask/clients.ts'
import type { OverviewAnswer } from '../../ask/overview.ts'
import { Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Share } from '../../parts/share.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { nearSql, type Terms } from '../../sql/allowances.ts'
import { overviewTexts } from './texts.ts'

/** Who is over an allowance, is forecast to be, or near it: the largest share first. */
export function Near({
  answer: { clients, allowance, registry, month },
  terms,
}: {
  readonly answer: OverviewAnswer
  readonly terms: Terms | null
}) {
  const texts = useTexts(overviewTexts)
  const { format } = useReader()
  const dayOf = (crossing: Crossing | null) => {
    if (crossing === null) return null
    const day = format.day(crossing.day)
    return crossing.isForecast ? texts.forecast(day) : day
  }
  const crossingOf = ({ crossings: { requests, bytes } }: ClientMonth) =>
    [dayOf(requests), dayOf(bytes)].filter(each => each !== null).join('; ')
  const all = (
    <Link to="/clients" search={{ month, sort: 'share', order: 'desc' }}>
      {texts.all}
    </Link>
  )
  const lack = allowance === null ? texts.noTerms : registry === null ? texts.noRegistry : null
  if (lack !== null || clients.length === 0) {
    return (
      <Section title={texts.allowances} aside={all}>
        <Empty>{lack ?? texts.nobody}</Empty>
      </Section>
    )
  }
  return (
    <Section title={texts.allowances} aside={all} sql={terms === null ? undefined : nearSql(terms)}>
      <Table
        label={texts.allowances}
        rows={clients}
        keyOf={each => each.clientId}
        columns={[
          {
            head: texts.client,
            cell: each => (
              <Link to="/clients/$clientId" params={{ clientId: each.clientId }} search={{ month }}>
                {each.name ?? each.clientId}
              </Link>
            ),
          },
          {
            head: texts.standing,
            cell: ({ standing }) =>
              standing === null ? null : (
                <span className={`tag ${standing}`}>{texts.standings[standing]}</span>
              ),
          },
          { head: texts.crossing, cell: crossingOf },
          {
            head: texts.requestShare,
            isNumber: true,
            cell: each => <Share percent={each.percent?.requests} isOver={isPast(each.crossings.requests)} />,
          },
          {
            head: texts.transferShare,
            isNumber: true,
            cell: each => <Share percent={each.percent?.bytes} isOver={isPast(each.crossings.bytes)} />,
          },
        ]}
      />
    </Section>
  )
}
