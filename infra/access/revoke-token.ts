import { putIfAbsent } from '../store/put-if-absent.ts'
import type { Store } from '../store/store.ts'
import { accessRevocation } from '../store/tables/access-token.ts'
import { readRevocation, readTokenRow } from './read-tokens.ts'
import { TokenUnknownError } from './refusal.ts'

type Revoking = {
  readonly store: Store
  readonly name: string
  readonly revokedBy: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** Ends a token or a session, for good; of one that has ended so, nothing changes. Throws TokenUnknownError. */
export async function revokeToken({ store, name, revokedBy, reason, clock }: Revoking): Promise<void> {
  if ((await readTokenRow(store, name)) === null) throw new TokenUnknownError(name)
  await putIfAbsent({
    store,
    table: accessRevocation,
    values: [{ name, revokedAt: new Date(clock()).toISOString(), revokedBy, reason }],
    key: name,
    read: () => readRevocation(store, name),
  })
}
