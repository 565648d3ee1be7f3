import type { Store } from '@forbruk/infra/store/store.ts'
import { storedCount } from '@forbruk/infra/store/stored-number.ts'
import { z } from 'zod'

/** The source can't be retired: there is none of that name. */
export class UnknownSourceError extends Error {
  override name = 'UnknownSourceError'
}

export type RetireOptions = {
  readonly store: Store
  readonly stream: string
  readonly source: string
  readonly reason: string
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

export type RetiredSource = {
  readonly source: string
  /** How far it has shipped, UTC; null when it never said. */
  readonly through: string | null
  /** Shipped and not arrived, and accepted as lost from now on. */
  readonly missing: number
}

const sourceShape = z.object({ source: z.string(), through: z.string().nullable(), missing: storedCount })

/**
 * Records that a source will ship no more: a close doesn't wait for it then, and what is missing of it by now is
 * accepted as lost. Should it ship further all the same, it is live again. Throws UnknownSourceError.
 */
export async function retireSource({
  store,
  stream,
  source,
  reason,
  actor,
  clock,
}: RetireOptions): Promise<RetiredSource> {
  const sql =
    'SELECT source, through, missing FROM source_progress WHERE stream = {stream:String} ORDER BY source'
  const sources = await store.query(sql, sourceShape, { stream })
  const known = sources.find(each => each.source === source)
  if (known === undefined) {
    const names = sources.map(each => each.source || '(gateway)').join(', ') || 'none'
    throw new UnknownSourceError(`${stream} has no source ${JSON.stringify(source)}; it has ${names}`)
  }
  const retiredAt = new Date(clock()).toISOString()
  const { through, missing } = known
  await store.insert('source_retirement', [
    { stream, source, retired_at: retiredAt, through, missing, reason, actor },
  ])
  return known
}
