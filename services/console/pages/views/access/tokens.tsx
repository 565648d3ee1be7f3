import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type AccessToken, revokeToken, tokensQuery } from '../../ask/access.ts'
import { Empty, Failure } from '../../parts/answer.tsx'
import { useReturnFocus } from '../../parts/return-focus.ts'
import { Section } from '../../parts/section.tsx'
import { Table } from '../../parts/table.tsx'
import { useReader, useTexts } from '../../reader/reader.tsx'
import { accessTexts } from './texts.ts'

/** Every token that was made, and who is signed in. */
export function Tokens({ tokens }: { readonly tokens: readonly AccessToken[] }) {
  const texts = useTexts(accessTexts)
  const { format } = useReader()
  const [ending, setEnding] = useState<string | null>(null)
  if (tokens.length === 0) {
    return (
      <Section title={texts.list}>
        <Empty>{texts.none}</Empty>
      </Section>
    )
  }
  return (
    <Section title={texts.list}>
      <div className="tall">
        <Table
          label={texts.list}
          rows={tokens}
          keyOf={each => each.name}
          columns={[
            {
              head: texts.who,
              cell: each => (each.kind === 'token' ? <code>{each.name}</code> : each.actor),
            },
            { head: texts.kind, cell: each => texts.kinds[each.kind] },
            { head: texts.role, cell: each => each.roles.map(role => texts.roles[role]).join('; ') },
            { head: texts.sees, cell: each => <Sees token={each} /> },
            {
              head: texts.madeAt,
              cell: each =>
                `${format.instant(each.madeAt)} ${each.kind === 'token' ? texts.by(each.madeBy) : ''}`,
            },
            {
              head: texts.ends,
              cell: each => (each.expiresAt === null ? texts.never : format.instant(each.expiresAt)),
            },
            { head: texts.state, cell: each => <State token={each} /> },
            {
              head: texts.revoke,
              cell: each =>
                stateOf(each) === 'holds' ? (
                  <button
                    type="button"
                    aria-label={texts.revokeOf(each.name)}
                    onClick={() => setEnding(each.name)}
                  >
                    {texts.revoke}
                  </button>
                ) : null,
            },
          ]}
        />
      </div>
      {ending === null ? null : <Revoke key={ending} name={ending} onDone={() => setEnding(null)} />}
    </Section>
  )
}

function Sees({ token: { clientId, partnerId } }: { readonly token: AccessToken }) {
  const texts = useTexts(accessTexts)
  if (clientId === null && partnerId === null) return texts.scopes.all
  return (
    <>
      {clientId === null ? texts.scopes.partner : texts.scopes.client}: <code>{clientId ?? partnerId}</code>
    </>
  )
}

function State({ token }: { readonly token: AccessToken }) {
  const texts = useTexts(accessTexts)
  const state = stateOf(token)
  return (
    <>
      <span className={`tag ${state === 'holds' ? 'decided' : ''}`}>{texts.states[state]}</span>
      {token.revoked === null ? null : (
        <span className="soft small">
          {' '}
          {texts.by(token.revoked.by)}: {token.revoked.reason}
        </span>
      )}
    </>
  )
}

function stateOf({ revoked, expiresAt }: AccessToken): 'holds' | 'ended' | 'revoked' {
  if (revoked !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'ended' : 'holds'
}

function Revoke({ name, onDone }: { readonly name: string; readonly onDone: () => void }) {
  const texts = useTexts(accessTexts)
  const queries = useQueryClient()
  useReturnFocus()
  const [reason, setReason] = useState('')
  const revoke = useMutation({
    mutationFn: () => revokeToken(name, reason),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    revoke.mutate()
  }
  return (
    <form className="actions" onSubmit={submit} aria-label={texts.revokeOf(name)}>
      <label>
        {texts.revokeOf(name)}: {texts.why}
        {/* biome-ignore lint/a11y/noAutofocus: the form is what the button was pressed for */}
        <input required autoFocus value={reason} onChange={event => setReason(event.target.value)} />
      </label>
      <button type="submit" className="main" disabled={revoke.isPending}>
        {texts.revokeNow}
      </button>
      <button type="button" onClick={onDone}>
        {texts.keep}
      </button>
      {revoke.error === null ? null : <Failure error={revoke.error} />}
    </form>
  )
}
