import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type ClosedMonth, type PayersAnswer, payersQuery, statementUrl } from '../../ask/months.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { payersSql } from '../../sql/statements.ts'
import { monthsTexts } from './texts.ts'

const PAYERS_AT_A_TIME = 100
const PAYERS_MAX = 1_000

/** Who receives the month's statements, by the newest revision; each is a page that prints on A4. */
export function Payers({
  month,
  months,
}: {
  readonly month: string
  readonly months: readonly ClosedMonth[]
}) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const [limit, setLimit] = useState(PAYERS_AT_A_TIME)
  const newest = months.find(each => each.month === month && each.isLatest)
  const query = useQuery({
    ...payersQuery(month, limit),
    enabled: newest !== undefined,
    placeholderData: before => before,
  })
  const title = texts.ofMonth(format.month(month))
  if (newest === undefined) {
    return (
      <Section title={title}>
        <Empty>{texts.notClosed}</Empty>
      </Section>
    )
  }
  return (
    <Section title={title} sql={payersSql(month, newest.revision, limit)}>
      <Answer query={query} height={400}>
        {({ payers, next, revision }) => (
          <>
            <div className="tall">
              <PayerTable label={title} {...{ payers, revision, month }} />
            </div>
            {next === null ? null : limit < PAYERS_MAX ? (
              <button type="button" onClick={() => setLimit(limit + PAYERS_AT_A_TIME)}>
                {texts.more}
              </button>
            ) : (
              <p className="soft small">{texts.restInFiles}</p>
            )}
          </>
        )}
      </Answer>
    </Section>
  )
}

function PayerTable({
  label,
  payers,
  revision,
  month,
}: Pick<PayersAnswer, 'payers' | 'revision' | 'month'> & { readonly label: string }) {
  const texts = useTexts(monthsTexts)
  const { format, language } = useReader()
  return (
    <Table
      label={label}
      rows={payers}
      keyOf={each => each.payerId}
      columns={[
        { head: texts.payer, cell: each => each.payerName },
        {
          head: texts.clients,
          isNumber: true,
          cell: each => <data value={String(each.clients)}>{each.clients}</data>,
        },
        {
          head: texts.payable,
          isNumber: true,
          cell: each => <data value={each.payableNok}>{format.nok(each.payableNok)}</data>,
        },
        {
          head: texts.proposed,
          isNumber: true,
          cell: each => <data value={each.proposedNok}>{format.nok(each.proposedNok)}</data>,
        },
        {
          head: texts.print,
          cell: each => (
            <a
              aria-label={`${texts.print}: ${each.payerName} r${revision}`}
              href={statementUrl(month, each.payerId, revision, language)}
              target="_blank"
              rel="noreferrer"
            >
              r{revision}
            </a>
          ),
        },
      ]}
    />
  )
}
