import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { type RejectedEvents as Rejected, rejectedQuery, rejectedUrl } from '../../ask/pipeline.ts'
import { useMay } from '../../ask/session.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Files } from '../../parts/files.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { rejectedSql } from '../../sql/pipeline.ts'
import { reasonTexts } from './reason-texts.ts'
import { Settle, type SettleTarget } from './settle.tsx'
import { pipelineTexts } from './texts.ts'

const route = getRouteApi('/pipeline')

/** What could not be counted: how many for each reason, and the newest of them as they are written. */
export function RejectedEvents({ stream }: { readonly stream: string }) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const words = useTexts(reasonTexts)
  const { reason } = route.useSearch()
  const navigate = route.useNavigate()
  const maySettle = useMay('closer')
  const [target, setTarget] = useState<SettleTarget | null>(null)
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
                    <>
                      <button type="button" className="plain" onClick={() => choose(each.reason)}>
                        {each.reason}
                      </button>
                      <span className="note">{words[each.reason]}</span>
                    </>
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
                ...todoWhere(maySettle && reasons.some(isOpen), {
                  head: texts.todo,
                  cell: (each: Rejected['reasons'][number]) =>
                    isOpen(each) ? (
                      <span className="actions">
                        {(['waive', 'replay'] as const).map(way => (
                          <button
                            key={way}
                            type="button"
                            aria-label={`${texts.settleAll[way]} ${each.reason}`}
                            onClick={() => setTarget(toTarget(each.reason, way, events))}
                          >
                            {texts.settleAll[way]}
                          </button>
                        ))}
                      </span>
                    ) : null,
                }),
              ]}
            />
          </Section>
          {target === null ? null : (
            <Settle key={JSON.stringify(target)} target={target} leave={() => setTarget(null)} />
          )}
          {events.length === 0 ? null : (
            <Section
              title={reason === undefined ? texts.newestRejected : (words[reason] ?? reason)}
              aside={
                reason === undefined ? null : (
                  <button type="button" onClick={() => choose(undefined)}>
                    {texts.all}
                  </button>
                )
              }
            >
              <Events events={events} settle={maySettle ? setTarget : null} />
              <Files
                says={texts.takeAway}
                url={rejectedUrl(reason)}
                name={`rejected-${reason ?? 'all'}`}
                types={['csv', 'parquet']}
              />
              {reasons.some(isOpen) ? (
                <>
                  <p className="soft">{texts.mend}</p>
                  <pre className="command">npx forbruk rejected replay --help</pre>
                </>
              ) : null}
            </Section>
          )}
        </>
      )}
    </Answer>
  )
}

const isOpen = ({ state }: { readonly state: string }) => state === 'open'

/** A column of what is to be done, where there is anything. */
const todoWhere = <Column,>(isAny: boolean, column: Column): readonly Column[] => (isAny ? [column] : [])

function toTarget(reason: string, way: 'waive' | 'replay', events: Rejected['events']): SettleTarget {
  return { kind: 'reason', reason, way, month: way === 'waive' ? monthOf(events, reason) : '' }
}

/** Of the newest that came for the reason; the one to begin with. */
function monthOf(events: Rejected['events'], reason: string): string {
  return (events.find(each => each.reason === reason) ?? events[0])?.appendTime.slice(0, 7) ?? ''
}

function showPlace({ partition, offset, eventIndex }: Rejected['events'][number]): string {
  return `${partition}:${offset}${eventIndex === 0 ? '' : `[${eventIndex}]`}`
}

function Events({
  events,
  settle,
}: {
  readonly events: Rejected['events']
  /** Null for whoever may not. */
  readonly settle: ((target: SettleTarget) => void) | null
}) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  return (
    <div className="tall">
      <Table
        label={texts.rejectedTitle}
        rows={events}
        keyOf={each => `${each.partition} ${each.offset} ${each.eventIndex}`}
        columns={[
          {
            head: texts.when,
            cell: each => (
              <span className="whole">{format.instant(`${each.appendTime.replace(' ', 'T')}Z`)}</span>
            ),
          },
          { head: texts.place, cell: showPlace },
          { head: texts.source, cell: each => <span className="source">{each.source}</span> },
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
          ...todoWhere(settle !== null && events.some(isOpen), {
            head: texts.todo,
            cell: (each: Rejected['events'][number]) =>
              settle !== null && isOpen(each) ? (
                <button
                  type="button"
                  aria-label={`${texts.settleOne} ${showPlace(each)}`}
                  onClick={() => settle({ kind: 'event', at: showPlace(each), reason: each.reason })}
                >
                  {texts.settleOne}
                </button>
              ) : null,
          }),
        ]}
      />
    </div>
  )
}
