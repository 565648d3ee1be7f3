import { readClosedMonths } from '@forbruk/close/statements/find-revision.ts'
import { readAnnouncements } from '@forbruk/close/statements/read-announcements.ts'
import { readMonthsInScope } from '@forbruk/close/statements/read-months-in-scope.ts'
import type { Operations } from '@forbruk/console/routes/operations.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { nameRevision } from '@forbruk/schemas/statement/announcement.ts'
import type { ClosedMonth } from '@forbruk/schemas/statement/month-close.ts'

/** The closed months as somebody may see them; who approved one is the provider's own affair. */
export async function listMonths(
  store: Store,
  scope: Scope,
  statementsTopic: string,
): ReturnType<Operations['listMonths']> {
  const approve = ({ revision, contentHash }: ClosedMonth) => nameRevision(revision, contentHash)
  if (scope.kind !== 'all') {
    const months = await readMonthsInScope(store, scope, statementsTopic)
    return months.map(month => ({
      ...month,
      announcement: 'announced',
      approve: approve(month),
      approvedBy: null,
    }))
  }
  const announcements = await readAnnouncements(store, statementsTopic)
  const known = new Map(announcements.map(each => [`${each.month} r${each.revision}`, each]))
  return (await readClosedMonths(store)).map(month => {
    const { state = 'due', approvedBy = null } = known.get(`${month.month} r${month.revision}`) ?? {}
    return { ...month, announcement: state, approve: approve(month), approvedBy }
  })
}
