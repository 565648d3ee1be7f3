import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { beginSession, loginUrl, useTakeSession } from '../ask/session.ts'
import { useTexts } from '../reader/reader.tsx'
import { signInTexts } from '../texts/sign-in.ts'
import { Failure } from './answer.tsx'
import { PageHead } from './page-head.tsx'

/** Who comes without a session; then the page that they asked for is shown in its place. */
export function SignIn({ hasLogin, onDone }: { readonly hasLogin: boolean; readonly onDone?: () => void }) {
  const texts = useTexts(signInTexts)
  const take = useTakeSession()
  const [token, setToken] = useState('')
  const begin = useMutation({
    mutationFn: () => beginSession(token.trim()),
    onSuccess: session => {
      take(session)
      onDone?.()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    begin.mutate()
  }
  return (
    <section className="sheet sign-in">
      <PageHead title={texts.title} />
      {hasLogin ? (
        <>
          <p>{texts.withLogin}</p>
          <p>
            <a
              className="button"
              href={loginUrl(onDone === undefined ? `${location.pathname}${location.search}` : '/')}
            >
              {texts.login}
            </a>
          </p>
        </>
      ) : null}
      <form className="form" onSubmit={submit}>
        <label>
          {texts.token}
          <input
            required
            type="password"
            name="token"
            autoComplete="current-password"
            spellCheck={false}
            maxLength={512}
            value={token}
            onChange={event => setToken(event.target.value)}
          />
        </label>
        <p className="soft small">{texts.hint}</p>
        <div className="actions">
          <button type="submit" className={hasLogin ? '' : 'main'} disabled={begin.isPending}>
            {texts.signIn}
          </button>
        </div>
      </form>
      <div aria-live="polite">
        {begin.error === null ? null : <Failure error={begin.error} todo={texts.refused} />}
      </div>
    </section>
  )
}
