import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { isReasonCode, type Mend, type Settling, settle } from '../../ask/settle.ts'
import { ActorField } from '../../parts/actor-field.tsx'
import { Failure } from '../../parts/answer.tsx'
import { useReturnFocus } from '../../parts/return-focus.ts'
import { Section } from '../../parts/section.tsx'
import { useActor } from '../../reader/actor.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { pipelineTexts } from './texts.ts'

/** All of a month that were rejected for one reason, let go or read again; or one event by its place in the log. */
export type SettleTarget =
  | {
      readonly kind: 'reason'
      readonly reason: string
      readonly month: string
      readonly way: 'waive' | 'replay'
    }
  | { readonly kind: 'event'; readonly at: string; readonly reason: string }

/** Of one event. */
const WAYS = ['waive', 'client_id', 'integration_id', 'time', 'line'] as const
type Way = (typeof WAYS)[number]
type Settled = Awaited<ReturnType<typeof settle>>

/** What is to become of rejected events: a trial first, which says of how many, and under its answer the button. */
export function Settle({ target, leave }: { readonly target: SettleTarget; readonly leave: () => void }) {
  useReturnFocus()
  const texts = useTexts(pipelineTexts)
  const { format } = useReader()
  const queries = useQueryClient()
  const actor = useActor()
  const [way, setWay] = useState<Way>('waive')
  const trial = useMutation({ mutationFn: (settling: Settling) => settle(settling, true) })
  const act = useMutation({
    mutationFn: (settling: Settling) => settle(settling, false),
    onSuccess: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    trial.mutate(readSettling(target, way, actor[0], new FormData(event.currentTarget)))
  }
  const forget = () => {
    trial.reset()
    act.reset()
  }
  const tried = trial.data
  const count = (events: number) => format.count(String(events))
  const isReplay = target.kind === 'reason' && target.way === 'replay'
  const isWaiver = way === 'waive' && !isReplay
  return (
    <Section
      title={texts.settle(target.kind === 'event' ? target.at : target.reason)}
      aside={
        <button type="button" onClick={leave}>
          {texts.leave}
        </button>
      }
    >
      <form className="form" onSubmit={submit} onChange={forget}>
        {target.kind === 'event' ? (
          <Ways way={way} choose={setWay} />
        ) : (
          <label>
            {texts.month}
            {/* biome-ignore lint/a11y/noAutofocus: the form is what the button was pressed for */}
            <input autoFocus type="month" name="month" required={!isReplay} defaultValue={target.month} />
          </label>
        )}
        {isReplay ? <Reading /> : null}
        <ActorField actor={actor} />
        <label>
          {isWaiver ? texts.whyWaive : texts.whyMend}
          <textarea required rows={2} name="reason" />
        </label>
        <p className="soft small">{texts.forGood}</p>
        <div className="actions">
          <button type="submit" disabled={trial.isPending}>
            {texts.tryIt}
          </button>
        </div>
      </form>
      <div aria-live="polite" className="list">
        {trial.error === null ? null : <Failure error={trial.error} />}
        {act.error === null ? null : <Failure error={act.error} />}
        {act.data === undefined ? null : (
          <>
            <p className="notice good">{texts.settled(count(act.data.events))}</p>
            <Left settled={act.data} count={count} />
          </>
        )}
        {tried === undefined || act.data !== undefined ? null : (
          <>
            <p className="notice good">{texts.wouldSettle(count(tried.events), count(tried.before))}</p>
            <Readable settled={tried} />
            <Left settled={tried} count={count} />
            <div className="actions">
              <button
                type="button"
                className="main"
                disabled={act.isPending || tried.events === 0}
                onClick={() => act.mutate(trial.variables)}
              >
                {(isWaiver ? texts.waiveThem : texts.sendThem)(count(tried.events))}
              </button>
            </div>
          </>
        )}
      </div>
    </Section>
  )
}

/** How the lines are written, where their source doesn't say, or not rightly. */
function Reading() {
  const texts = useTexts(pipelineTexts)
  return (
    <>
      <p className="soft small">{texts.readAgain}</p>
      <label>
        {texts.sourceAlone}
        <input name="source" maxLength={256} />
      </label>
      <label>
        {texts.formatAlone}
        <input name="format" maxLength={256} />
      </label>
      <label>
        {texts.clientField}
        <input name="clientField" maxLength={256} />
      </label>
    </>
  )
}

/** Whom they would be charged to. */
function Readable({ settled }: { readonly settled: Settled }) {
  const { format } = useReader()
  if (settled.readableLines.length === 0) return null
  return (
    <ul className="small">
      {settled.readableLines.map(line => (
        <li key={line.at}>
          {line.at}: {line.clientId}, {line.status}, {format.instant(line.time)}
        </li>
      ))}
    </ul>
  )
}

function Left({ settled, count }: { readonly settled: Settled; readonly count: (events: number) => string }) {
  const texts = useTexts(pipelineTexts)
  if (settled.left === 0) return null
  return (
    <>
      <p className="notice">{texts.left(count(settled.left))}</p>
      <ul className="small">
        {settled.leftLines.map(line => (
          <li key={line.at}>
            {line.at} ({line.source}), {line.why}: {line.detail}
          </li>
        ))}
      </ul>
    </>
  )
}

function Ways({ way, choose }: { readonly way: Way; readonly choose: (way: Way) => void }) {
  const texts = useTexts(pipelineTexts)
  return (
    <>
      <label>
        {texts.what}
        <select
          // biome-ignore lint/a11y/noAutofocus: the form is what the button was pressed for
          autoFocus
          value={way}
          onChange={event => choose(WAYS.find(each => each === event.target.value) ?? 'waive')}
        >
          {WAYS.map(each => (
            <option key={each} value={each}>
              {texts.ways[each]}
            </option>
          ))}
        </select>
      </label>
      {way === 'client_id' || way === 'integration_id' ? (
        <label>
          {texts.rightName}
          <input name="value" required maxLength={256} />
        </label>
      ) : null}
      {way === 'line' ? (
        <label>
          {texts.wholeLine}
          <textarea name="value" required rows={3} />
        </label>
      ) : null}
    </>
  )
}

function readSettling(target: SettleTarget, way: Way, actor: string, form: FormData): Settling {
  const textOf = (name: string) => String(form.get(name) ?? '').trim()
  const by = { actor, reason: textOf('reason') }
  if (target.kind === 'event') {
    return way === 'waive'
      ? { kind: 'waive', which: [target.at], ...by }
      : { kind: 'mend', mend: toMend(target.at, way, textOf('value')), ...by }
  }
  const { reason: reasonCode } = target
  if (!isReasonCode(reasonCode)) throw new TypeError(`${reasonCode} is no reason code`)
  if (target.way === 'replay') {
    const givenOf = (name: string) => textOf(name) || null
    const where = { reasonCode, month: givenOf('month'), source: givenOf('source') }
    const how = { format: givenOf('format'), clientField: givenOf('clientField') }
    return { kind: 'replay', reading: { ...where, ...how }, ...by }
  }
  return { kind: 'waive', which: { reasonCode, month: textOf('month') }, ...by }
}

function toMend(at: string, way: Exclude<Way, 'waive'>, value: string): Mend {
  switch (way) {
    case 'client_id':
    case 'integration_id':
      return { at, set: { [way]: value } }
    case 'line':
      return { at, line: value }
    case 'time':
      return { at, vouchTime: true }
  }
}
