import { useQuery } from '@tanstack/react-query'
import { type UsageRow, usageQuery } from '../../ask/usage.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useTexts } from '../../reader/reader.tsx'
import { splitSql } from '../../sql/usage.ts'
import { useFigures } from './day-bars.tsx'
import { clientTexts } from './texts.ts'

type Place = { readonly clientId: string; readonly month: string }

export function ByIntegration({
  clientId,
  month,
  names,
}: Place & { readonly names: ReadonlyMap<string, string> }) {
  const texts = useTexts(clientTexts)
  const figures = useFigures()
  const query = useQuery(usageQuery({ month, client: [clientId], split: ['integration'], order: 'requests' }))
  return (
    <Section title={texts.byIntegration} sql={splitSql(month, clientId, 'integration_id')}>
      <Answer query={query} height={200}>
        {({ rows }) => (
          <Shares
            rows={rows}
            columns={[
              {
                head: texts.integration,
                cell: row => names.get(row.integrationId ?? '') ?? (row.integrationId || texts.unnamed),
              },
              ...figures,
            ]}
            keyOf={row => row.integrationId ?? ''}
            label={texts.byIntegration}
          />
        )}
      </Answer>
    </Section>
  )
}

export function ByStatus({ clientId, month }: Place) {
  const texts = useTexts(clientTexts)
  const words: Readonly<Record<string, string>> = texts.statuses
  const figures = useFigures()
  const query = useQuery(usageQuery({ month, client: [clientId], split: ['statusClass'] }))
  return (
    <Section title={texts.byStatus} sql={splitSql(month, clientId, 'status_class')}>
      <Answer query={query} height={200}>
        {({ rows }) => (
          <Shares
            rows={rows}
            columns={[
              {
                head: texts.status,
                cell: ({ statusClass }) =>
                  statusClass === null ? '' : `${statusClass} ${words[statusClass] ?? ''}`,
              },
              ...figures,
            ]}
            keyOf={row => row.statusClass ?? ''}
            label={texts.byStatus}
          />
        )}
      </Answer>
    </Section>
  )
}

/** A row's first cell has a bar under it, as long as its part of the largest. */
function Shares({
  rows,
  columns,
  keyOf,
  label,
}: {
  readonly rows: readonly UsageRow[]
  readonly columns: Parameters<typeof Table<UsageRow>>[0]['columns']
  readonly keyOf: (row: UsageRow) => string
  readonly label: string
}) {
  const texts = useTexts(clientTexts)
  if (rows.length === 0) return <Empty>{texts.empty}</Empty>
  const largest = Math.max(...rows.map(row => Number(row.requests)), 1)
  const [first, ...rest] = columns
  if (first === undefined) return null
  const withBar = {
    ...first,
    cell: (row: UsageRow) => (
      <>
        {first.cell(row)}
        <span className="bar" style={{ width: `${(100 * Number(row.requests)) / largest}%` }} />
      </>
    ),
  }
  return <Table label={label} rows={rows} keyOf={keyOf} columns={[withBar, ...rest]} />
}
