import type { CaseSummary } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { casesQuery } from '../../ask/cases.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { casesSql } from '../../sql/statements.ts'
import { dialogueTexts } from './texts.ts'

const route = getRouteApi('/dialogue')
const STATES = ['open', 'decided'] as const

export default function DialoguePage() {
  const texts = useTexts(dialogueTexts)
  const { state } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery(casesQuery(state))
  const filter = (
    <label>
      {texts.state}
      <select
        value={state ?? ''}
        onChange={event =>
          navigate({
            search: before => ({ ...before, state: STATES.find(each => each === event.target.value) }),
            replace: true,
          })
        }
      >
        <option value="">{texts.all}</option>
        {STATES.map(each => (
          <option key={each} value={each}>
            {texts.states[each]}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      <PageHead title={texts.title} intro={texts.intro} />
      <Section title={texts.table} sql={casesSql(state)} aside={filter}>
        <Answer query={query} height={300}>
          {({ cases }) => (cases.length === 0 ? <Empty>{texts.none}</Empty> : <Cases cases={cases} />)}
        </Answer>
      </Section>
    </>
  )
}

function Cases({ cases }: { readonly cases: readonly CaseSummary[] }) {
  const texts = useTexts(dialogueTexts)
  const { format } = useReader()
  return (
    <Table
      label={texts.table}
      rows={cases}
      keyOf={each => each.caseId}
      columns={[
        {
          head: texts.client,
          cell: each => (
            <Link to="/dialogue/$caseId" params={{ caseId: each.caseId }}>
              {each.clientName}
            </Link>
          ),
        },
        {
          head: texts.state,
          cell: ({ state, decision }) => (
            <span className={`tag ${state}`}>
              {decision === null ? texts.states[state] : texts.decisions[decision]}
            </span>
          ),
        },
        { head: texts.months, cell: each => each.months.map(format.month).join(', ') },
        { head: texts.age, isNumber: true, cell: each => texts.days(format.count(String(each.ageDays))) },
        { head: texts.contacts, isNumber: true, cell: each => format.count(String(each.contacts)) },
        { head: texts.followUp, cell: each => (each.followUp === null ? '–' : format.day(each.followUp)) },
        {
          head: texts.proposed,
          isNumber: true,
          cell: each => <data value={each.proposedNok}>{format.nok(each.proposedNok)}</data>,
        },
        {
          head: texts.charged,
          isNumber: true,
          cell: each => <data value={each.chargedNok}>{format.nok(each.chargedNok)}</data>,
        },
      ]}
    />
  )
}
