import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { alertsQuery, type Sources, type Status, sourcesQuery, statusQuery } from '../../ask/pipeline.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Files } from '../../parts/files.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { partitionsSql, sourcesSql } from '../../sql/pipeline.ts'
import { RejectedEvents } from './rejected.tsx'
import { pipelineTexts } from './texts.ts'

const EVERY_MS = 15_000

export default function PipelinePage() {
  const texts = useTexts(pipelineTexts)
  const status = useQuery({ ...statusQuery, refetchInterval: EVERY_MS })
  const sources = useQuery(sourcesQuery)
  return (
    <>
      <PageHead title={texts.title} intro={texts.intro} />
      <Answer query={status} height={900}>
        {answer => (
          <>
            <Progress status={answer} />
            <Answer query={sources} height={200}>
              {found => <SourceTable {...found} stream={answer.stream} />}
            </Answer>
            <RejectedEvents stream={answer.stream} />
            <AlertTable />
          </>
        )}
      </Answer>
    </>
  )
}

/** A whole number, exact and traced. */
function useNumber() {
  const { format } = useReader()
  return (value: number) => <data value={String(value)}>{format.count(String(value))}</data>
}

function Progress({ status: { stream, freshness, rate, partitions } }: { readonly status: Status }) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const number = useNumber()
  const plain = (value: number) => format.count(String(value))
  if (partitions.length === 0) {
    return (
      <Section title={texts.progress}>
        <Empty>{texts.noPartitions}</Empty>
      </Section>
    )
  }
  return (
    <Section title={texts.progress} sql={partitionsSql(stream)}>
      <p className={freshness.lag === 0 ? '' : 'warned'}>
        {freshness.lag === 0 ? texts.caughtUp : texts.behind(plain(freshness.lag))}{' '}
        {texts.lastHour(format.count(rate.requests))}
      </p>
      <Table
        label={texts.progress}
        rows={partitions}
        keyOf={each => String(each.partition)}
        columns={[
          { head: texts.partition, cell: each => `${texts.partition} ${each.partition}` },
          { head: texts.inLog, isNumber: true, cell: each => plain(each.endOffset) },
          { head: texts.counted, isNumber: true, cell: each => number(each.nextOffset) },
          { head: texts.lag, isNumber: true, cell: each => plain(each.lag) },
          { head: texts.requests, isNumber: true, cell: each => number(each.requests) },
          { head: texts.duplicates, isNumber: true, cell: each => number(each.duplicates) },
          { head: texts.rejected, isNumber: true, cell: each => number(each.rejected) },
          {
            head: texts.newest,
            cell: each => (each.lastAppendTime === null ? '–' : format.instant(each.lastAppendTime)),
          },
        ]}
      />
    </Section>
  )
}

function SourceTable({ sources, stream }: Sources & { readonly stream: string }) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const number = useNumber()
  return (
    <Section title={texts.sources} sql={sourcesSql(stream)}>
      {sources.length === 0 ? <Empty>{texts.noSources}</Empty> : null}
      <Table
        label={texts.sources}
        rows={sources}
        keyOf={each => each.source}
        columns={[
          { head: texts.source, cell: each => each.source },
          { head: texts.format, cell: each => each.format },
          { head: texts.events, isNumber: true, cell: each => number(each.events) },
          { head: texts.byMarks, isNumber: true, cell: each => number(each.eventsMarked) },
          { head: texts.missing, isNumber: true, cell: each => number(each.missing) },
          {
            head: texts.through,
            cell: each => (
              <>
                {each.retired === null
                  ? each.through === null
                    ? '–'
                    : format.instant(each.through)
                  : texts.retired}
                {each.instances.length > 1 ? <Shippers instances={each.instances} /> : null}
              </>
            ),
          },
        ]}
      />
      <Files says={texts.takeAway} url="/v1/sources" name="sources" types={['csv', 'parquet']} />
    </Section>
  )
}

/** Where several ship under one name, each vouches for itself: who holds the source back is seen here. */
function Shippers({ instances }: Pick<Sources['sources'][number], 'instances'>) {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const told = (each: (typeof instances)[number]) =>
    each.retired !== null ? texts.retired : each.isCopied ? texts.copied : format.instant(each.through)
  return instances.map(each => (
    <small key={each.instance}>
      <br />
      {each.host === '' ? each.instance : texts.shipper(each.instance, each.host)}: {told(each)}
    </small>
  ))
}

function AlertTable() {
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const query = useQuery(alertsQuery)
  return (
    <Section title={texts.alerts}>
      <Answer query={query} height={160}>
        {({ alerts }) =>
          alerts.length === 0 ? (
            <Empty>{texts.noAlerts}</Empty>
          ) : (
            <Table
              label={texts.alerts}
              rows={alerts}
              keyOf={each => each.alertId}
              columns={[
                {
                  head: texts.client,
                  cell: each => (
                    <Link
                      to="/clients/$clientId"
                      params={{ clientId: each.clientId }}
                      search={{ month: each.month }}
                    >
                      {each.clientId}
                    </Link>
                  ),
                },
                { head: texts.month, cell: each => format.month(each.month) },
                { head: texts.level, cell: each => `${texts.metrics[each.metric]} ${each.level} %` },
                { head: texts.raised, cell: each => format.instant(each.raisedAt) },
                {
                  head: texts.delivered,
                  cell: each =>
                    each.webhooks
                      .map(
                        ({ webhook, state, attempts }) =>
                          `${webhook}: ${texts.attempts(state, String(attempts))}`,
                      )
                      .join('; ') || '–',
                },
              ]}
            />
          )
        }
      </Answer>
    </Section>
  )
}
