import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { announceMonth, type ClosedMonth } from '../../ask/months.ts'
import { useMay } from '../../ask/session.ts'
import { ActorField } from '../../parts/actor-field.tsx'
import { Failure } from '../../parts/answer.tsx'
import { Section } from '../../parts/section.tsx'
import { useActor } from '../../reader/actor.ts'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { monthsTexts } from './texts.ts'

/** Statements that nobody receives before a person has approved them, up to what stands here. */
export function Approval({ months }: { readonly months: readonly ClosedMonth[] }) {
  const mayApprove = useMay('closer')
  if (!mayApprove) return null
  const waiting = months.filter(each => each.announcement === 'waiting' && each.isLatest)
  return waiting.map(each => <Waiting key={each.approve} waiting={each} />)
}

function Waiting({ waiting }: { readonly waiting: ClosedMonth }) {
  const texts = useTexts(monthsTexts)
  const { format } = useReader()
  const actor = useActor()
  const queries = useQueryClient()
  const { month, approve } = waiting
  const announce = useMutation({
    mutationFn: () => announceMonth(month, { approve, actor: actor[0] }),
    onSuccess: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    announce.mutate()
  }
  return (
    <Section title={`${texts.ofMonth(format.month(month))}: ${texts.announcements.waiting}`}>
      <form className="actions" onSubmit={submit}>
        <ActorField actor={actor} />
        <button type="submit" className="main" disabled={announce.isPending}>
          {texts.approve} <code>{approve}</code>
        </button>
      </form>
      {announce.error === null ? null : <Failure error={announce.error} />}
    </Section>
  )
}
