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

/** All of a month that were rejected for one reason, or one event by its place in the log. */
export type SettleTarget =
  | { readonly kind: 'reason'; readonly reason: string; readonly month: string }
  | { readonly kind: 'event'; readonly at: string; readonly reason: string }

const WAYS = ['waive', 'client_id', 'integration_id', 'time', 'line'] as const
type Way = (typeof WAYS)[number]

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
            <input autoFocus type="month" name="month" required defaultValue={target.month} />
          </label>
        )}
        <ActorField actor={actor} />
        <label>
          {way === 'waive' ? texts.whyWaive : texts.whyMend}
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
          <p className="notice good">{texts.settled(count(act.data.events))}</p>
        )}
        {tried === undefined || act.data !== undefined ? null : (
          <>
            <p className="notice good">{texts.wouldSettle(count(tried.events), count(tried.before))}</p>
            <div className="actions">
              <button
                type="button"
                className="main"
                disabled={act.isPending || tried.events === 0}
                onClick={() => act.mutate(trial.variables)}
              >
                {(way === 'waive' ? texts.waiveThem : texts.sendThem)(count(tried.events))}
              </button>
            </div>
          </>
        )}
      </div>
    </Section>
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
  if (!isReasonCode(target.reason)) throw new TypeError(`${target.reason} is no reason code`)
  return { kind: 'waive', which: { reasonCode: target.reason, month: textOf('month') }, ...by }
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
