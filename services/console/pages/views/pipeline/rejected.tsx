import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type RejectedEvents as Rejected, rejectedQuery } from '../../ask/pipeline.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { rejectedSql } from '../../sql/pipeline.ts'
import { pipelineTexts } from './texts.ts'

const route = getRouteApi('/pipeline')

/** What could not be counted: how many for each reason, and the newest of them as they are written. */
export function RejectedEvents({ stream }: { readonly stream: string }) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const { reason } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery({ ...rejectedQuery(reason), placeholderData: before => before })
  const choose = (chosen: string | undefined) =>
    navigate({ search: before => ({ ...before, reason: chosen }), replace: true, resetScroll: false })
  return (
    <Answer query={query} height={300}>
      {({ reasons, events }) => (
        <>
          <Section title={texts.rejectedTitle} sql={rejectedSql(stream)}>
            {reasons.length === 0 ? <Empty>{texts.noRejected}</Empty> : null}
            <Table
              label={texts.rejectedTitle}
              rows={reasons.toSorted(
                (a, b) => a.reason.localeCompare(b.reason, 'en') || a.state.localeCompare(b.state, 'en'),
              )}
              keyOf={each => `${each.reason} ${each.state}`}
              columns={[
                {
                  head: texts.reason,
                  cell: each => (
                    <button type="button" className="plain" onClick={() => choose(each.reason)}>
                      {each.reason}
                    </button>
                  ),
                },
                {
                  head: texts.state,
                  cell: each => <span className={`tag ${each.state}`}>{texts.states[each.state]}</span>,
                },
                {
                  head: texts.events,
                  isNumber: true,
                  cell: each => <data value={String(each.events)}>{format.count(String(each.events))}</data>,
                },
              ]}
            />
          </Section>
          {events.length === 0 ? null : (
            <Section
              title={reason ?? texts.newestRejected}
              aside={
                reason === undefined ? null : (
                  <button type="button" onClick={() => choose(undefined)}>
                    {texts.all}
                  </button>
                )
              }
            >
              <Events events={events} />
              <p className="soft">{texts.mend}</p>
              <pre className="command">npx forbruk rejected list</pre>
            </Section>
          )}
        </>
      )}
    </Answer>
  )
}

function Events({ events }: { readonly events: Rejected['events'] }) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  return (
    <div className="tall">
      <Table
        label={texts.rejectedTitle}
        rows={events}
        keyOf={each => `${each.partition} ${each.offset} ${each.eventIndex}`}
        columns={[
          { head: texts.when, cell: each => format.instant(`${each.appendTime.replace(' ', 'T')}Z`) },
          { head: texts.place, cell: each => `${each.partition}:${each.offset}` },
          { head: texts.source, cell: each => each.source },
          {
            head: texts.state,
            cell: each => (
              <>
                <span className={`tag ${each.state}`}>{texts.states[each.state]}</span>
                {each.stateReason === '' ? null : (
                  <span className="note">
                    {each.stateReason} ({each.stateActor})
                  </span>
                )}
              </>
            ),
          },
          { head: texts.excerpt, cell: each => <code className="excerpt">{each.excerpt}</code> },
        ]}
      />
    </div>
  )
}
