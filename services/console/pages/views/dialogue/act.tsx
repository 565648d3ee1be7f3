import type { CaseAction, DialogueCase, Outcome } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { addStep, caseQuery } from '../../ask/cases.ts'
import { useMay } from '../../ask/session.ts'
import { ActorField } from '../../parts/actor-field.tsx'
import { Failure } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { useActor } from '../../reader/actor.ts'
import { useTexts } from '../../reader/reader.tsx'
import { dialogueTexts } from './texts.ts'

const OUTCOMES = ['charge', 'waived', 'reduced_usage'] as const satisfies readonly Outcome[]
const ACTIONS = ['contact', 'note', 'decide', 'reopen'] as const
type Kind = (typeof ACTIONS)[number]

/** One step further, by name: contacted, noted, decided, or a decision taken back. Nothing is changed, all is added. */
export function Act({ shown }: { readonly shown: DialogueCase }) {
  const texts = useTexts(dialogueTexts)
  const queries = useQueryClient()
  const mayAct = useMay('account_manager')
  const actor = useActor()
  const isDecided = shown.state === 'decided'
  const wasDecided = shown.months.some(each => each.outcome !== null)
  const possible = ACTIONS.filter(each =>
    each === 'decide' ? !isDecided : each === 'reopen' ? wasDecided : true,
  )
  const [chosen, setKind] = useState<Kind>(isDecided ? 'note' : 'contact')
  const kind = possible.find(each => each === chosen) ?? 'note'
  // What is typed stays until it is recorded, also when somebody else's step comes before it.
  const [seen, setSeen] = useState(shown.sequence)
  const record = useMutation({
    mutationFn: (action: CaseAction) => addStep(shown, actor[0], action),
    onSuccess: after => {
      setSeen(after.sequence)
      setKind(after.state === 'decided' ? 'note' : 'contact')
      queries.setQueryData(caseQuery(after.caseId).queryKey, after)
      return queries.invalidateQueries()
    },
    onError: () => queries.invalidateQueries({ queryKey: caseQuery(shown.caseId).queryKey }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    record.mutate(readAction(kind, new FormData(event.currentTarget)))
  }
  if (!mayAct) return null
  return (
    <Section title={texts.act}>
      <form className="form" onSubmit={submit} key={seen}>
        <ActorField actor={actor} />
        <label>
          {texts.action}
          <select
            value={kind}
            onChange={event => setKind(possible.find(each => each === event.target.value) ?? 'note')}
          >
            {possible.map(each => (
              <option key={each} value={each}>
                {texts.actions[each]}
              </option>
            ))}
          </select>
        </label>
        {kind === 'decide' ? (
          <Terms wasContacted={shown.steps.some(step => step.kind === 'contacted')} />
        ) : null}
        {kind === 'note' ? (
          <label>
            {texts.followUp}
            <input type="date" name="followUp" />
          </label>
        ) : null}
        <label>
          {kind === 'reopen' || kind === 'decide' ? texts.why : texts.note}
          <textarea required rows={3} name="note" />
        </label>
        <p className="soft small">{texts.forGood}</p>
        <Overtaken shown={shown} seen={seen} />
        <div className="actions">
          <button type="submit" className="main" disabled={record.isPending}>
            {texts.record}
          </button>
        </div>
      </form>
      {record.error === null || seen < shown.sequence ? null : <Failure error={record.error} />}
    </Section>
  )
}

/** A decision covers what was seen: whoever writes is told of what others have recorded since, before they go on. */
function Overtaken({ shown, seen }: { readonly shown: DialogueCase; readonly seen: number }) {
  const texts = useTexts(dialogueTexts)
  const newest = shown.steps.at(-1)
  if (seen >= shown.sequence || newest === undefined) return null
  return (
    <p className="notice warn" role="alert">
      {texts.overtaken(texts.kinds[newest.kind], newest.actor)}
    </p>
  )
}

function Terms({ wasContacted }: { readonly wasContacted: boolean }) {
  const texts = useTexts(dialogueTexts)
  const [outcome, setOutcome] = useState<string>(OUTCOMES[0])
  return (
    <>
      <label>
        {texts.outcome}
        <select name="outcome" value={outcome} onChange={event => setOutcome(event.target.value)}>
          {OUTCOMES.map(each => (
            <option key={each} value={each}>
              {texts.decisions[each]}
            </option>
          ))}
        </select>
      </label>
      {outcome === 'charge' ? (
        <label>
          {texts.share}
          <input name="sharePercent" inputMode="decimal" defaultValue="100" />
        </label>
      ) : null}
      {outcome === 'charge' && !wasContacted ? (
        <label>
          {texts.withoutContact}
          <textarea required rows={2} name="withoutContact" />
        </label>
      ) : null}
    </>
  )
}

function readAction(kind: Kind, form: FormData): CaseAction {
  const textOf = (name: string) => {
    const value = form.get(name)
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
  }
  const note = textOf('note') ?? ''
  switch (kind) {
    case 'contact':
      return { kind, note }
    case 'note':
      return { kind, note, followUp: textOf('followUp') }
    case 'reopen':
      return { kind, note, months: null }
    case 'decide': {
      const outcome = OUTCOMES.find(each => each === textOf('outcome')) ?? 'waived'
      const share = textOf('sharePercent')?.replace(',', '.') ?? null
      return {
        ...{ kind, note, outcome, months: null },
        sharePercent: share === '100' ? null : share,
        withoutContact: textOf('withoutContact'),
      }
    }
  }
}
