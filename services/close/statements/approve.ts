import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type StatementApproval, statementApproval } from '@forbruk/infra/store/tables/statement-approval.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import { nameRevision } from '@forbruk/schemas/statement/announcement.ts'
import { readAnnouncements } from './read-announcements.ts'

type ApproveOptions = {
  readonly store: Store
  readonly topic: string
  readonly month: string
  /** The newest that whoever approves has seen, as `nameRevision` names it; null: none. */
  readonly approved: string | null
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** `by` is who came first. */
export type Approval = { readonly revision: number; readonly by: string }

/** Nobody has said that they saw what would be announced. The command ends with exit code 3. */
export class ApprovalRefusedError extends Error {
  override name = 'ApprovalRefusedError'
}

/**
 * Lets the revisions of a month be announced that wait for it, up to the one that was seen; a later one is another
 * question. Answers which they were; null when the month is not closed. Throws ApprovalRefusedError when it has no
 * such revision, and when some wait and none is named.
 */
export async function approveMonth(options: ApproveOptions): Promise<readonly Approval[] | null> {
  const { store, topic, month, approved, actor, clock } = options
  const revisions = await readAnnouncements(store, topic, month)
  const newest = revisions.at(-1)
  if (newest === undefined) return null
  const nameOf = (each: typeof newest) => nameRevision(each.revision, each.contentHash)
  const seen = revisions.find(each => nameOf(each) === approved)
  const waiting = revisions.filter(each => each.needsApproval)
  if (seen === undefined && (approved !== null || waiting.length > 0)) {
    const what = approved === null ? 'waits for approval' : `has no revision ${approved}`
    throw new ApprovalRefusedError(
      `${month} ${what}; forbruk statements list ${month} shows its newest, ` +
        `--approve ${nameOf(newest)} approves it`,
    )
  }
  const approvals: Approval[] = []
  for (const { revision } of waiting) {
    if (seen === undefined || revision > seen.revision) continue
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

/** Throws ApprovalRefusedError for a revision whose statements nobody may be sent yet. */
export async function requireApproved(
  store: Store,
  topic: string,
  month: string,
  revision: number,
): Promise<void> {
  const found = (await readAnnouncements(store, topic, month)).find(each => each.revision === revision)
  if (found?.state !== 'waiting') return
  throw new ApprovalRefusedError(
    `${month} r${revision} waits for approval, and nobody is invoiced by it before: ` +
      `forbruk statements announce ${month} --approve ${nameRevision(revision, found.contentHash)}`,
  )
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
