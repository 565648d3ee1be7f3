import { mayUse, type Role } from '@forbruk/schemas/access/role.ts'
import { type Query, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, bodyOf, queryOf, type Read, urlOf } from './ask.ts'

type Session = Read<'/v1/access/session'>
export type Caller = NonNullable<Session['caller']>

export const sessionQuery = queryOf(['session'], () => api.GET('/v1/access/session'))

/** Takes a token's place with a cookie. Throws Problem for a token that holds no longer, or never did. */
export function beginSession(token: string): Promise<Session> {
  return bodyOf(api.POST('/v1/access/session', { body: { token } }))
}

export function endSession(): Promise<unknown> {
  return bodyOf(api.POST('/v1/access/session/end', { body: {} }))
}

/** Where people log in at the provider, to come back to the page that they asked for. */
export function loginUrl(returnTo: string): string {
  return urlOf('/v1/access/login', { returnTo })
}

/** From now on somebody else looks: nothing that was answered before is theirs. */
function takeSession(queries: QueryClient, session: Session | undefined): void {
  const others = { predicate: ({ queryKey }: Query) => queryKey[0] !== sessionQuery.queryKey[0] }
  if (session === undefined) {
    queries.removeQueries(others)
    void queries.resetQueries({ queryKey: sessionQuery.queryKey })
  } else {
    queries.setQueryData(sessionQuery.queryKey, session)
    void queries.resetQueries(others)
  }
}

/** Who looks; null while that is asked, and where nobody is let in. */
export function useCaller(): Caller | null {
  return useQuery(sessionQuery).data?.caller ?? null
}

/** Whether who looks may do what asks for a role. What they can't do is not shown. */
export function useMay(role: Role): boolean {
  const caller = useCaller()
  return caller !== null && !seesSomeAlone(caller) && mayUse(caller.roles, role)
}

/** Whether who looks sees the figures of one client, or of one partner's, alone. */
function seesSomeAlone({ clientId, partnerId }: Caller): boolean {
  return clientId !== null || partnerId !== null
}

export function useSeesAll(): boolean {
  const caller = useCaller()
  return caller !== null && !seesSomeAlone(caller)
}

/** For whoever signs in or out. */
export function useTakeSession() {
  const queries = useQueryClient()
  return (session?: Session) => takeSession(queries, session)
}
