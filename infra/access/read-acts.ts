import type { ActEntry } from '@forbruk/schemas/access/act.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from '../store/tables/audit-entry.ts'
import { select } from '../store/tables/table.ts'

const { shape } = select(auditEntry)

/** One entry for each act, by when it began. */
const ENTRIES = `
SELECT
    entry_id,
    argMax(outcome, outcome != 'begun') AS ended,
    min(at) AS begun_at,
    any(act) AS act,
    any(subject) AS subject,
    any(actor) AS actor,
    any(via) AS via,
    any(said_actor) AS said_actor,
    any(reason) AS reason
FROM audit_entry
GROUP BY entry_id`

export type ActPage = {
  /** The last entry of the page before; null: from the newest on. */
  readonly before: Pick<ActEntry, 'at' | 'entryId'> | null
  readonly limit: number
}

/** Who did what, newest first. */
export function readActs(store: Store, { before, limit }: ActPage): Promise<ActEntry[]> {
  const sql = `
SELECT entry_id, ended AS outcome, begun_at AS at, act, subject, actor, via, said_actor, reason
FROM (${ENTRIES})
WHERE {before_id:String} = ''
    OR (begun_at, entry_id) < (parseDateTime64BestEffort({before:String}, 3, 'UTC'), {before_id:String})
ORDER BY begun_at DESC, entry_id DESC LIMIT {limit:UInt32}`
  const { at: beforeAt = '2000-01-01T00:00:00.000Z', entryId: id = '' } = before ?? {}
  return store.query(sql, shape, { before: beforeAt, before_id: id, limit })
}
