import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { endSession, useCaller, useTakeSession } from '../ask/session.ts'
import { useTexts } from '../reader/reader.tsx'
import { signInTexts } from '../texts/sign-in.ts'

/** Who looks, and the way out; for whoever is here without a name and may not do everything, the way in. */
export function SignedIn() {
  const texts = useTexts(signInTexts)
  const caller = useCaller()
  const take = useTakeSession()
  const end = useMutation({ mutationFn: endSession, onSettled: () => take() })
  if (caller === null) return null
  if (caller.actor === null) {
    return caller.roles.includes('admin') ? null : (
      <span id="signed-in">
        <Link to="/sign-in">{texts.signIn}</Link>
      </span>
    )
  }
  return (
    <span id="signed-in">
      <span className="truncated" title={caller.actor}>
        {caller.actor}
      </span>
      <span className="soft small">{caller.roles.map(role => texts.roles[role]).join(', ')}</span>
      <button type="button" className="plain" disabled={end.isPending} onClick={() => end.mutate()}>
        {texts.signOut}
      </button>
    </span>
  )
}
