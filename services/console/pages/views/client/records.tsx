import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { urlOf } from '../../ask/ask.ts'
import type { ClientAnswer, ClientStatement } from '../../ask/clients.ts'
import { proofQuery, statementUrl } from '../../ask/months.ts'
import { useMay } from '../../ask/session.ts'
import { Answer, Empty } from '../../parts/answer.tsx'
import { Files } from '../../parts/files.tsx'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { clientStatementsSql } from '../../sql/statements.ts'
import { Replay } from './replay.tsx'
import { clientTexts } from './texts.ts'

/** What each revision of each closed month says of the client. */
export function Statements({
  statements,
  clientId,
}: {
  readonly statements: readonly ClientStatement[]
  readonly clientId: string
}) {
  const texts = useTexts(clientTexts)
  const { format, language } = useReader()
  if (statements.length === 0) {
    return (
      <Section title={texts.statements}>
        <Empty>{texts.noStatements}</Empty>
      </Section>
    )
  }
  const amount = (head: string, of: (each: ClientStatement) => string) => ({
    head,
    isNumber: true,
    cell: (each: ClientStatement) => <data value={of(each)}>{format.nok(of(each))}</data>,
  })
  return (
    <Section title={texts.statements} sql={clientStatementsSql(clientId)}>
      <Table
        label={texts.statements}
        rows={statements}
        keyOf={each => `${each.month} ${each.revision}`}
        columns={[
          { head: texts.revision, cell: each => `${format.month(each.month)} r${each.revision}` },
          { head: texts.closed, cell: each => format.instant(each.closedAt) },
          amount(texts.payable, each => each.payableNok),
          amount(texts.proposed, each => each.proposedNok),
          {
            head: texts.read,
            cell: each => (
              <a
                href={statementUrl(each.month, each.payerId, each.revision, language)}
                target="_blank"
                rel="noreferrer"
              >
                {each.payerName}
              </a>
            ),
          },
        ]}
      />
    </Section>
  )
}

export function ItsCase({ cases, month }: { readonly cases: ClientAnswer['cases']; readonly month: string }) {
  const texts = useTexts(clientTexts)
  const { format } = useReader()
  const ofMonth = cases.filter(each => each.months.includes(month))
  return (
    <Section title={texts.itsCase}>
      {ofMonth.length === 0 ? <Empty>{texts.noCase}</Empty> : null}
      <ul className="list">
        {ofMonth.map(each => (
          <li key={each.caseId}>
            <Link to="/dialogue/$caseId" params={{ caseId: each.caseId }}>
              {each.caseId}
            </Link>{' '}
            {texts.caseStates[each.state]}, {format.nok(each.proposedNok)}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** What a figure of a closed month rests on: the offsets that were counted, and by which rules. */
export function Prove({
  month,
  clientId,
  statements,
}: {
  readonly month: string
  readonly clientId: string
  readonly statements: readonly ClientStatement[]
}) {
  const texts = useTexts(clientTexts)
  const mayReplay = useMay('account_manager')
  const isClosed = statements.some(each => each.month === month)
  const query = useQuery({ ...proofQuery(month), enabled: isClosed })
  return (
    <Section title={texts.prove}>
      {isClosed ? (
        <Answer query={query} height={260}>
          {proof => (
            <>
              <p>{texts.proof(String(proof.ranges.length), proof.stream)}</p>
              <dl className="pairs">
                <dt>{texts.contentHash}</dt>
                <dd>
                  <code>{proof.contentHash}</code>
                </dd>
                <dt>{texts.offsets}</dt>
                <dd>
                  {proof.ranges.map(({ partition, firstOffset, nextOffset }) => (
                    <code key={partition}>
                      {partition}: {firstOffset}–{nextOffset}{' '}
                    </code>
                  ))}
                </dd>
                <dt>{texts.registryImport}</dt>
                <dd>
                  <code>{proof.registryImportId.slice(0, 12)}</code>
                </dd>
                <dt>{texts.tariffHash}</dt>
                <dd>
                  <code>{proof.tariffHash.slice(0, 12)}</code>
                </dd>
              </dl>
            </>
          )}
        </Answer>
      ) : (
        <Empty>{texts.notClosed}</Empty>
      )}
      {mayReplay ? <Replay key={`${clientId} ${month}`} clientId={clientId} month={month} /> : null}
      <p className="soft">{texts.replay}</p>
      <pre className="command">npx forbruk audit --month {month} --replay</pre>
      <TakeAway month={month} clientId={clientId} />
    </Section>
  )
}

/** The figures as a file, also for who sees nothing else of what they rest on. */
export function TakeAway({ month, clientId }: { readonly month: string; readonly clientId: string }) {
  const texts = useTexts(clientTexts)
  const url = urlOf('/v1/usage', {
    month,
    by: 'day',
    split: ['integration', 'statusClass'],
    client: clientId,
    limit: '10000',
  })
  return (
    <Files says={texts.takeAway} url={url} name={`${clientId}-${month}`} types={['csv', 'json', 'parquet']} />
  )
}
