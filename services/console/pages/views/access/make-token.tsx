import type { NewToken } from '@forbruk/schemas/access/access-token.ts'
import { ROLES, type Role } from '@forbruk/schemas/access/role.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type MadeToken, makeToken, tokensQuery } from '../../ask/access.ts'
import { beginSession, useCaller, useTakeSession } from '../../ask/session.ts'
import { Failure } from '../../parts/answer.tsx'
import { useReturnFocus } from '../../parts/return-focus.ts'
import { Section } from '../../parts/section.tsx'
import { useTexts } from '../../reader/reader.tsx'
import { accessTexts } from './texts.ts'

const SCOPES = ['all', 'client', 'partner'] as const
type ScopeKind = (typeof SCOPES)[number]

/** A form for one token more; what its holder presents is shown once. */
export function MakeToken() {
  const texts = useTexts(accessTexts)
  const queries = useQueryClient()
  const take = useTakeSession()
  const caller = useCaller()
  // Nobody had to say who they are so far, and from now on everybody has to: it is the administrator who goes on here.
  const isFirst = caller !== null && caller.actor === null
  const [made, setMade] = useState<MadeToken | null>(null)
  const make = useMutation({
    mutationFn: makeToken,
    onSuccess: async answer => {
      setMade(answer)
      if (isFirst) take(await beginSession(answer.secret))
      else await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
    },
  })
  return (
    <Section title={texts.make}>
      {isFirst ? <p className="notice warn">{texts.first}</p> : null}
      {made === null ? (
        <TokenForm isFirst={isFirst} isPending={make.isPending} make={token => make.mutate(token)} />
      ) : (
        <Secret made={made} onDone={() => setMade(null)} />
      )}
      {make.error === null ? null : <Failure error={make.error} />}
    </Section>
  )
}

function TokenForm({
  isFirst,
  isPending,
  make,
}: {
  readonly isFirst: boolean
  readonly isPending: boolean
  readonly make: (token: NewToken) => void
}) {
  const texts = useTexts(accessTexts)
  const [role, setRole] = useState<Role>('reader')
  const [kind, setKind] = useState<ScopeKind>('all')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    make(readToken(isFirst ? 'admin' : role, new FormData(event.currentTarget)))
  }
  return (
    <form className="form" onSubmit={submit}>
      <label>
        {texts.name}
        <input required name="name" maxLength={64} pattern="[a-z0-9][a-z0-9._\-]*" title={texts.nameHint} />
      </label>
      <p className="soft small">{texts.nameHint}</p>
      <label>
        {texts.role}
        <select
          value={isFirst ? 'admin' : role}
          disabled={isFirst}
          onChange={event => {
            setRole(ROLES.find(each => each === event.target.value) ?? 'reader')
            setKind('all')
          }}
        >
          {ROLES.map(each => (
            <option key={each} value={each}>
              {texts.roles[each]}
            </option>
          ))}
        </select>
      </label>
      {role === 'reader' && !isFirst ? (
        <label>
          {texts.sees}
          <select
            value={kind}
            onChange={event => setKind(SCOPES.find(each => each === event.target.value) ?? 'all')}
          >
            {SCOPES.map(each => (
              <option key={each} value={each}>
                {texts.scopes[each]}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {kind === 'all' ? null : (
        <label>
          {texts[kind]}
          <input required name={kind} maxLength={256} />
        </label>
      )}
      <label>
        {texts.days}
        <input name="days" type="number" min={1} max={3_660} defaultValue={365} />
      </label>
      <p className="soft small">{texts.daysHint}</p>
      <div className="actions">
        <button type="submit" className="main" disabled={isPending}>
          {texts.make}
        </button>
      </div>
    </form>
  )
}

function readToken(role: Role, form: FormData): NewToken {
  const textOf = (name: string) => {
    const value = form.get(name)
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
  }
  const days = textOf('days')
  return {
    name: textOf('name') ?? '',
    roles: [role],
    clientId: textOf('client'),
    partnerId: textOf('partner'),
    expiresAfterDays: days === null ? null : Number(days),
  }
}

function Secret({ made, onDone }: { readonly made: MadeToken; readonly onDone: () => void }) {
  const texts = useTexts(accessTexts)
  useReturnFocus()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(made.secret)
    setCopied(true)
  }
  return (
    <div className="notice good" role="status">
      <p>{texts.made(made.token.name)}</p>
      <p>
        <code data-secret>{made.secret}</code>
      </p>
      <div className="actions">
        <button type="button" className="main" onClick={copy}>
          {isCopied ? texts.copied : texts.copy}
        </button>
        <button type="button" onClick={onDone}>
          {texts.done}
        </button>
      </div>
    </div>
  )
}
