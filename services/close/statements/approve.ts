import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type StatementApproval, statementApproval } from '@forbruk/infra/store/tables/statement-approval.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import { readAnnouncements } from './read-announcements.ts'

type ApproveOptions = {
  readonly store: Store
  readonly topic: string
  readonly month: string
  /** The newest that whoever approves has seen; null: the newest that there is. */
  readonly revision: number | null
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** `by` is who came first. */
export type Approval = { readonly revision: number; readonly by: string }

/**
 * Lets the revisions of a month be announced that wait for it, up to one; a later one is another question. Answers
 * which they were; null when the month has no such revision.
 */
export async function approveMonth(options: ApproveOptions): Promise<readonly Approval[] | null> {
  const { store, topic, month, actor, clock } = options
  const revisions = await readAnnouncements(store, topic, month)
  const upTo = options.revision ?? revisions.at(-1)?.revision
  if (upTo === undefined || revisions.every(each => each.revision !== upTo)) return null
  const approvals: Approval[] = []
  for (const { revision, needsApproval } of revisions) {
    if (!needsApproval || revision > upTo) continue
    const held = await putIfAbsent({
      store,
      table: statementApproval,
      values: [{ month, revision, actor, approvedAtMs: clock() }],
      key: `${month}/r${revision}`,
      read: () => readApproval(store, month, revision),
    })
    approvals.push({ revision, by: held.actor })
  }
  return approvals
}

async function readApproval(
  store: Store,
  month: string,
  revision: number,
): Promise<StatementApproval | null> {
  const { list, shape } = select(statementApproval)
  const sql = `SELECT ${list} FROM statement_approval WHERE month = {month:String} AND revision = {revision:UInt32}`
  const [row] = await store.query(sql, shape, { month, revision })
  return row ?? null
}
