import { Link } from '@tanstack/react-router'
import type { OverviewAnswer } from '../../ask/overview.ts'
import { Empty } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { overviewTexts } from './texts.ts'
import { waitingTexts } from './waiting-texts.ts'

/** Freshness and completeness, in sentences. */
export function State({ freshness, completeness }: Pick<OverviewAnswer, 'freshness' | 'completeness'>) {
  const texts = useTexts(overviewTexts)
  const { format } = useReader()
  const count = (value: number) => format.count(String(value))
  const { through, missing, sources, silent } = completeness
  const newest = freshness.newestRecordAt === null ? null : format.instant(freshness.newestRecordAt)
  const fresh =
    newest === null
      ? texts.neverCounted
      : freshness.lag === 0
        ? texts.fresh(newest)
        : texts.lagging(count(freshness.lag), newest)
  return (
    <Section title={texts.state}>
      <ul className="list">
        <li>{fresh}</li>
        {freshness.standing === 0 ? null : (
          <li className="warned">{texts.standstill(count(freshness.standing))}</li>
        )}
        {sources === 0 ? null : (
          <li>
            {through === null
              ? texts.untold(count(sources))
              : texts.whole(count(sources), format.instant(through))}
          </li>
        )}
        {missing === 0 ? null : <li className="warned">{texts.missing(count(missing))}</li>}
        {silent.length === 0 ? null : <li className="warned">{texts.silent(silent.join(', '))}</li>}
      </ul>
      <p>
        <Link to="/pipeline">{texts.more}</Link>
      </p>
    </Section>
  )
}

export function Waits({ waiting, open }: Pick<OverviewAnswer, 'waiting' | 'open'>) {
  const texts = useTexts(overviewTexts)
  const { format } = useReader()
  const words = useTexts(waitingTexts)
  const isNothing = waiting.length === 0 && open.cases === 0 && open.rejectedEvents === 0
  return (
    <Section title={texts.waiting}>
      {isNothing ? <Empty>{texts.nothingWaits}</Empty> : null}
      <ul className="list">
        {open.cases === 0 ? null : (
          <li>
            <Link to="/dialogue" search={{ state: 'open' }}>
              {texts.openCases(format.count(String(open.cases)))}
            </Link>
          </li>
        )}
        {open.rejectedEvents === 0 ? null : (
          <li>
            <Link to="/pipeline">{texts.openRejected(format.count(String(open.rejectedEvents)))}</Link>
          </li>
        )}
        {waiting.map(({ kind, month, detail, todo }) => (
          <li key={`${kind} ${month} ${detail}`}>
            <Link to="/months" search={{ month }} className="sentence">
              {words[kind](format.month(month))}
            </Link>
            <p className="soft small" lang="en">
              {detail}. {todo}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
