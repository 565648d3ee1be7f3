import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Closed, type CloseRequest, closeMonth, type Incomplete } from '../../ask/months.ts'
import { Problem } from '../../ask/problem.ts'
import { Failure } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { Lacks, NotBefore } from './completeness.tsx'
import { Difference } from './difference.tsx'
import { monthsTexts } from './texts.ts'

/** What a close would come to, and under it the button that closes. */
export function Trial({
  month,
  newestHash,
}: {
  readonly month: string
  /** Of what the month is closed with; null where it isn't. */
  readonly newestHash: string | null
}) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const queries = useQueryClient()
  const name = format.month(month)
  const post = (request: CloseRequest) => closeMonth(month, request)
  const trial = useMutation({ mutationFn: () => post({ dryRun: true }) })
  const close = useMutation({ mutationFn: post, onSuccess: () => queries.invalidateQueries() })
  const missing = findMissing(trial.error)
  return (
    <Section title={texts.trial}>
      <p className="soft">{texts.explain}</p>
      <div className="actions">
        <button
          type="button"
          className="main"
          disabled={trial.isPending}
          onClick={() => {
            close.reset()
            trial.mutate()
          }}
        >
          {trial.isPending ? texts.trying : texts.tryIt}
        </button>
      </div>
      <div aria-live="polite" className="list">
        {close.data === undefined ? null : (
          <p className="notice good">
            {close.data.outcome === 'unchanged'
              ? texts.unchanged
              : texts.wasClosed(name, String(close.data.revision))}
          </p>
        )}
        {close.error === null ? null : <Failure error={close.error} />}
        {missing === null ? null : (
          <Missing {...missing} force={reason => close.mutate({ force: { reason } })} />
        )}
        {trial.error === null || missing !== null ? null : <Failure error={trial.error} />}
        {trial.data === undefined || close.data !== undefined ? null : (
          <Possible
            trial={trial.data}
            name={name}
            isSame={trial.data.contentHash === newestHash}
            isClosing={close.isPending}
            close={() => close.mutate({ accept: trial.data.unaccepted })}
          />
        )}
      </div>
    </Section>
  )
}

function findMissing(error: Error | null): Incomplete | null {
  if (!(error instanceof Problem) || error.kind !== 'month_incomplete') return null
  return { missing: error.listOf('missing', isMissing), estimate: toEstimate(error.more.estimate) }
}

function isMissing(value: unknown): value is Incomplete['missing'][number] {
  return typeof value === 'object' && value !== null && 'kind' in value && 'detail' in value
}

function toEstimate(value: unknown): Incomplete['estimate'] {
  if (typeof value !== 'object' || value === null) return null
  const notBefore = 'notBefore' in value && typeof value.notBefore === 'string' ? value.notBefore : null
  const basis = 'basis' in value && Array.isArray(value.basis) ? value.basis.map(String) : []
  return { notBefore, basis }
}

function Possible({
  trial,
  name,
  isSame,
  isClosing,
  close,
}: {
  readonly trial: Closed
  readonly name: string
  readonly isSame: boolean
  readonly isClosing: boolean
  readonly close: () => void
}) {
  const texts = useTexts(monthsTexts)
  const next = String((trial.previousRevision ?? 0) + 1)
  return (
    <>
      <p className="notice good">{isSame ? texts.wouldChangeNothing : texts.wouldClose(next)}</p>
      <Difference closed={trial} />
      {trial.unaccepted.length === 0 ? null : <p className="notice warn">{texts.accepts}</p>}
      {isSame ? null : (
        <div className="actions">
          <button type="button" className="main" disabled={isClosing} onClick={close}>
            {isClosing ? texts.closing : texts.close(name)}
          </button>
        </div>
      )}
    </>
  )
}

function Missing({ missing, estimate, force }: Incomplete & { readonly force: (reason: string) => void }) {
  const texts = useTexts(monthsTexts)
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    force(reason)
  }
  return (
    <div className="notice warn">
      <p>
        <strong>{texts.refused}</strong> <NotBefore estimate={estimate} />
      </p>
      <Lacks missing={missing} estimate={estimate} />
      <details>
        <summary>{texts.force}</summary>
        <form className="form" onSubmit={submit}>
          <label>
            {texts.reason}
            <textarea required rows={2} value={reason} onChange={event => setReason(event.target.value)} />
          </label>
          <button type="submit">{texts.forceButton}</button>
        </form>
      </details>
    </div>
  )
}
