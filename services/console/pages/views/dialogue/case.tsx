import type { DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { caseQuery } from '../../ask/cases.ts'
import { Problem } from '../../ask/problem.ts'
import { Answer } from '../../parts/answer.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { Act } from './act.tsx'
import { EvidenceOf } from './evidence.tsx'
import { Message } from './message.tsx'
import { dialogueTexts } from './texts.ts'

const route = getRouteApi('/dialogue/$caseId')

export default function CasePage() {
  const { caseId } = route.useParams()
  const texts = useTexts(dialogueTexts)
  const query = useQuery(caseQuery(caseId))
  const isNone = query.error instanceof Problem && query.error.status === 404
  return (
    <>
      <PageHead title={query.data?.clientName ?? caseId}>
        {query.data === undefined ? null : (
          <span className={`tag ${query.data.state}`}>{texts.states[query.data.state]}</span>
        )}
      </PageHead>
      {isNone ? (
        <>
          <p>{texts.none}</p>
          <p>
            <Link to="/dialogue">{texts.allCases}</Link>
          </p>
        </>
      ) : (
        <Answer query={query} height={900}>
          {shown => <Shown shown={shown} />}
        </Answer>
      )}
    </>
  )
}

function Shown({ shown }: { readonly shown: DialogueCase }) {
  const texts = useTexts(dialogueTexts)
  const newest = shown.months.at(-1)
  return (
    <>
      <p className="who">
        <code>{shown.caseId}</code>
        <Link
          to="/clients/$clientId"
          params={{ clientId: shown.clientId }}
          search={newest === undefined ? {} : { month: newest.month }}
        >
          {texts.look}
        </Link>
      </p>
      {shown.months.map(each => (
        <EvidenceOf key={each.month} caseId={shown.caseId} ofMonth={each} />
      ))}
      <div className="beside">
        <Act shown={shown} key={shown.caseId} />
        <Message shown={shown} />
      </div>
      <Steps shown={shown} />
    </>
  )
}

function Steps({ shown }: { readonly shown: DialogueCase }) {
  const texts = useTexts(dialogueTexts)
  const { format } = useReader()
  return (
    <Section title={texts.steps}>
      <ol className="list">
        {shown.steps.map(step => (
          <li key={step.sequence}>
            <strong>{texts.kinds[step.kind]}</strong>
            {step.kind === 'decided' ? `: ${texts.decisions[step.outcome]}` : ''}
            <span className="soft">
              {' '}
              {step.actor}, {format.instant(step.at)}
            </span>
            {step.note === '' ? null : <p>{step.note}</p>}
          </li>
        ))}
      </ol>
    </Section>
  )
}
