import type { CompletenessAnswer, Incomplete } from '../../ask/months.ts'
import { Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { countedToSql, shippedToSql } from '../../sql/pipeline.ts'
import { lackTexts } from './lack-texts.ts'
import { monthsTexts } from './texts.ts'

/** Whether anything is missing of a month, and where. */
export function Completeness({
  answer,
  closedAs,
}: {
  readonly answer: CompletenessAnswer
  /** What it is closed as, in words; null where it isn't. */
  readonly closedAs: string | null
}) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const name = format.month(answer.month)
  return (
    <>
      <Section title={texts.mayClose(name)}>
        {closedAs === null ? null : <p className="sentence">{closedAs}</p>}
        {answer.isComplete ? (
          <p className="notice good">{closedAs === null ? texts.complete(name) : texts.stillComplete}</p>
        ) : (
          <div className="notice warn">
            <p>
              <strong>{texts.incomplete(name)}</strong> <NotBefore estimate={answer.estimate} />
            </p>
            <Lacks {...answer} />
          </div>
        )}
      </Section>
      <div className="beside">
        <Partitions {...answer} />
        <Sources {...answer} />
      </div>
    </>
  )
}

export function NotBefore({ estimate }: Pick<Incomplete, 'estimate'>) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  return estimate?.notBefore ? texts.notBefore(format.instant(estimate.notBefore)) : texts.noEstimate
}

/** What is missing, by its kind in the reader's language, and in full as the command says it. */
export function Lacks({ missing, estimate }: Incomplete) {
  const texts = useTexts(monthsTexts)
  const words = useTexts(lackTexts)
  return (
    <ul className="list">
      {missing.map(({ kind, detail, source, partition }) => (
        <li key={`${kind} ${detail}`}>
          {words[kind] ?? kind}
          {source ? `: ${source}` : ''}
          {partition === null || partition === undefined ? '' : `: ${texts.partition} ${partition}`}
          <span className="note" lang="en">
            {detail}
          </span>
        </li>
      ))}
      {estimate?.basis.map(each => (
        <li key={each} className="soft small" lang="en">
          {each}
        </li>
      ))}
    </ul>
  )
}

function Partitions({ partitions, stream }: CompletenessAnswer) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const count = (value: number) => format.count(String(value))
  return (
    <Section title={texts.byPartition} sql={countedToSql(stream)}>
      <Table
        label={texts.byPartition}
        rows={partitions}
        keyOf={each => String(each.partition)}
        columns={[
          { head: texts.partition, cell: each => each.partition },
          { head: texts.countedTo, isNumber: true, cell: each => <Offset offset={each.nextOffset} /> },
          {
            head: texts.uncounted,
            isNumber: true,
            cell: each => (
              <span className={each.uncounted === 0 ? '' : 'warned'}>{count(each.uncounted)}</span>
            ),
          },
        ]}
      />
      <p className="soft small">{texts.partitionsHint}</p>
    </Section>
  )
}

function Offset({ offset }: { readonly offset: number | null }) {
  const { format } = useReader()
  if (offset === null) return '–'
  return <data value={String(offset)}>{format.count(String(offset))}</data>
}

function Sources({ sources, stream }: CompletenessAnswer) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  return (
    <Section title={texts.bySource} {...(sources.length === 0 ? {} : { sql: shippedToSql(stream) })}>
      {sources.length === 0 ? <Empty>{texts.noSources}</Empty> : null}
      <Table
        label={texts.bySource}
        rows={sources}
        keyOf={each => each.source}
        columns={[
          {
            head: texts.source,
            cell: each => each.source || texts.gateway,
          },
          { head: texts.shippedTo, cell: each => <Through {...each} /> },
          {
            head: texts.notArrived,
            isNumber: true,
            cell: ({ missing }) => (
              <data className={missing === 0 ? '' : 'warned'} value={String(missing)}>
                {format.count(String(missing))}
              </data>
            ),
          },
        ]}
      />
      {sources[0] === undefined ? null : (
        <p className="soft small">{texts.sourcesHint(format.instant(sources[0].neededThrough))}</p>
      )}
    </Section>
  )
}

function Through({ through, retired, givesMarks, neededThrough }: CompletenessAnswer['sources'][number]) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  if (retired !== null) return texts.retired
  if (!givesMarks) return texts.saysNothing
  if (through === null) return <span className="warned">{texts.nothingShipped}</span>
  return <span className={through < neededThrough ? 'warned' : ''}>{format.instant(through)}</span>
}
