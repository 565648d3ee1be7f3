import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { type ReplayEnd, type ReplayOutcome, type ReplayProgress, replayClient } from '../../ask/replay.ts'
import { Failure } from '../../parts/answer.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { replayTexts } from './replay-texts.ts'

/** The client's month counted again from the log, and what became of it in words. */
export function Replay({ clientId, month }: { readonly clientId: string; readonly month: string }) {
  const texts = useTexts(replayTexts)
  const { format } = useReader()
  const [progress, setProgress] = useState<ReplayProgress | null>(null)
  const asking = useRef<AbortController | null>(null)
  // Who leaves the page has it ended on the server as well.
  useEffect(() => () => asking.current?.abort(), [])
  const replay = useMutation({
    mutationFn: () => {
      setProgress(null)
      asking.current = new AbortController()
      return replayClient({ clientId, month, signal: asking.current.signal, onProgress: setProgress })
    },
  })
  const wasEnded = replay.error?.name === 'AbortError'
  return (
    <div className="list">
      <p className="soft">{texts.explain}</p>
      <div className="actions">
        <button type="button" className="main" disabled={replay.isPending} onClick={() => replay.mutate()}>
          {replay.isPending ? texts.running : texts.replay}
        </button>
        {replay.isPending ? (
          <button type="button" onClick={() => asking.current?.abort()}>
            {texts.stop}
          </button>
        ) : null}
      </div>
      {replay.isPending && progress !== null ? (
        <label>
          {texts.progress(
            format.count(String(progress.blocksDone)),
            format.count(String(progress.blocksTotal)),
            format.count(String(progress.recordsRead)),
          )}
          <progress max={Math.max(1, progress.blocksTotal)} value={progress.blocksDone} />
        </label>
      ) : null}
      <div aria-live="polite">
        {replay.data === undefined ? null : <End end={replay.data} />}
        {wasEnded ? <p className="notice">{texts.stopped}</p> : null}
        {replay.error === null || wasEnded ? null : <Failure error={replay.error} />}
      </div>
    </div>
  )
}

function End({ end }: { readonly end: ReplayEnd }) {
  const texts = useTexts(replayTexts)
  const { format } = useReader()
  switch (end.kind) {
    case 'outcome':
      return <Outcome outcome={end} />
    case 'overdue':
      return (
        <p className="notice warn" role="alert">
          {texts.overdue(format.count(String(end.blocksDone)), format.count(String(end.blocksTotal)))}
        </p>
      )
    case 'failed':
      return (
        <p className="notice bad" role="alert">
          {texts.failed} {end.detail}
        </p>
      )
  }
}

const TONES = { equal: 'good', different: 'bad', lost: 'warn' } as const

function Outcome({ outcome }: { readonly outcome: ReplayOutcome }) {
  const texts = useTexts(replayTexts)
  const { format } = useReader()
  const { statement, copies } = outcome
  const count = (figure: number | string) => format.count(String(figure))
  return (
    <div className="list">
      <div className={`notice ${TONES[outcome.outcome]}`} data-outcome={outcome.outcome}>
        <p>{texts.outcomes[outcome.outcome]}</p>
        <p>
          {texts.read(count(outcome.recordsRead), count(outcome.blocksDone), count(outcome.blocksOfMonth))}{' '}
          {texts.duplicates(count(outcome.duplicates))}
        </p>
        {copies.requests === '0' ? null : <p>{texts.copies(count(copies.requests))}</p>}
      </div>
      <Table
        label={texts.figures}
        rows={figuresOf(outcome, texts)}
        keyOf={each => each.name}
        columns={[
          { head: texts.whose, cell: each => each.name },
          { head: texts.requests, isNumber: true, cell: each => count(each.requests) },
          { head: texts.bytes, isNumber: true, cell: each => count(each.bytes) },
        ]}
      />
      {statement === null ? <p className="soft">{texts.noStatement}</p> : null}
      {[...outcome.differences, ...outcome.lost].map(({ partition, firstOffset, nextOffset, detail }) => (
        <p key={`${partition} ${firstOffset} ${detail}`} className="warned">
          {texts.block(String(partition), firstOffset, nextOffset)} {detail}
        </p>
      ))}
      <details>
        <summary>{texts.proved(count(outcome.proved.length))}</summary>
        <ul className="list">
          {outcome.proved.map(({ partition, firstOffset, nextOffset, fingerprint }) => (
            <li key={`${partition} ${firstOffset}`}>
              {texts.block(String(partition), firstOffset, nextOffset)} <code>{fingerprint}</code>
            </li>
          ))}
        </ul>
      </details>
      <p className="soft small">{texts.rest}</p>
    </div>
  )
}

/** Each as usage is read: without copies. */
function figuresOf({ log, ledger, copies, statement }: ReplayOutcome, texts: (typeof replayTexts)['en']) {
  const less = (sums: ReplayOutcome['log']) => ({
    requests: String(BigInt(sums.requests) - BigInt(copies.requests)),
    bytes: String(
      BigInt(sums.requestBytes) +
        BigInt(sums.responseBytes) -
        BigInt(copies.requestBytes) -
        BigInt(copies.responseBytes),
    ),
  })
  const counted = [
    { name: texts.byLog, ...less(log) },
    { name: texts.byLedger, ...less(ledger) },
  ]
  if (statement === null) return counted
  const { revision, requests, bytes, logRequests, logBytes } = statement
  return [
    ...counted,
    { name: texts.byLogAtCut(String(revision)), requests: logRequests, bytes: logBytes },
    { name: texts.byStatement(String(revision)), requests, bytes },
  ]
}
