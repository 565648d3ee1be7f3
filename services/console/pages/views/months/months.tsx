import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type ClosedMonth, completenessQuery, exportUrl, monthsQuery } from '../../ask/months.ts'
import { useMay, useSeesAll } from '../../ask/session.ts'
import { useMonth } from '../../ask/use-month.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { monthClosesSql } from '../../sql/statements.ts'
import { Approval } from './approval.tsx'
import { Completeness } from './completeness.tsx'
import { Payers } from './payers.tsx'
import { monthsTexts } from './texts.ts'
import { Trial } from './trial.tsx'

const route = getRouteApi('/months')
const EVERY_MS = 30_000
const FORMATS = ['csv', 'csv-excel', 'json', 'parquet'] as const

export default function MonthsPage() {
  const texts = useTexts(monthsTexts)
  const navigate = route.useNavigate()
  const month = useMonth(route.useSearch().month)
  const query = useQuery(monthsQuery)
  return (
    <>
      <PageHead
        title={texts.title}
        month={month}
        onChoose={chosen => navigate({ search: { month: chosen }, resetScroll: false })}
      />
      <Answer query={query} height={900}>
        {({ months }) => (
          <>
            {month === null ? null : (
              <OneMonth month={month} months={months}>
                <Approval months={months} />
                <ClosedMonths months={months} />
              </OneMonth>
            )}
          </>
        )}
      </Answer>
    </>
  )
}

function OneMonth({
  month,
  months,
  children,
}: {
  readonly month: string
  readonly months: readonly ClosedMonth[]
  /** What is of every month, once that of this one is there. */
  readonly children: ReactNode
}) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const mayClose = useMay('closer')
  const seesAll = useSeesAll()
  const completeness = useQuery({ ...completenessQuery(month), refetchInterval: EVERY_MS, enabled: seesAll })
  const newest = months.find(each => each.month === month && each.isLatest)
  const closedAs =
    newest === undefined
      ? null
      : texts.isClosed(format.month(month), String(newest.revision), format.instant(newest.closedAt))
  return (
    <>
      {seesAll ? (
        <Answer query={completeness} height={900}>
          {answer => <Completeness answer={answer} closedAs={closedAs} />}
        </Answer>
      ) : null}
      {completeness.isLoading ? null : (
        <>
          {mayClose ? <Trial key={month} month={month} newestHash={newest?.contentHash ?? null} /> : null}
          {children}
          <Payers month={month} months={months} />
        </>
      )}
    </>
  )
}

function ClosedMonths({ months }: { readonly months: readonly ClosedMonth[] }) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const announcements: Readonly<Record<string, string>> = texts.announcements
  if (months.length === 0) {
    return (
      <Section title={texts.closedMonths}>
        <Empty>{texts.none}</Empty>
      </Section>
    )
  }
  const newestFirst = months.toSorted((a, b) => b.month.localeCompare(a.month) || b.revision - a.revision)
  return (
    <Section title={texts.closedMonths} sql={monthClosesSql()}>
      <Table
        label={texts.closedMonths}
        rows={newestFirst}
        keyOf={each => `${each.month} ${each.revision}`}
        columns={[
          { head: texts.month, cell: each => `${format.month(each.month)} r${each.revision}` },
          { head: texts.closed, cell: each => format.instant(each.closedAt) },
          {
            head: texts.statements,
            isNumber: true,
            cell: each => (
              <data value={String(each.statements)}>{format.count(String(each.statements))}</data>
            ),
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
            head: texts.announcement,
            cell: each => (
              <span className={`tag ${each.announcement}`}>
                {announcements[each.announcement] ?? each.announcement}
              </span>
            ),
          },
          { head: texts.hash, cell: each => <code>{each.contentHash.slice(0, 12)}</code> },
          {
            head: texts.files,
            cell: each => (
              <span className="actions">
                {FORMATS.map(name => (
                  <a key={name} download href={exportUrl(each.month, each.revision, name)}>
                    {name}
                  </a>
                ))}
              </span>
            ),
          },
        ]}
      />
    </Section>
  )
}
