import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sessionQuery } from '../../ask/session.ts'
import { SignIn } from '../../parts/sign-in.tsx'

/** For whoever is let in without a name, and has one that may do more. */
export default function SignInPage() {
  const navigate = useNavigate()
  const session = useQuery(sessionQuery)
  return <SignIn hasLogin={session.data?.hasLogin ?? false} onDone={() => navigate({ to: '/' })} />
}
