import { acceptedGap } from '../tables/accepted-gap.ts'
import { acceptedLoss } from '../tables/accepted-loss.ts'
import { accessRevocation, accessToken } from '../tables/access-token.ts'
import { auditEntry } from '../tables/audit-entry.ts'
import { dialogueStep } from '../tables/dialogue-step.ts'
import { instanceRetirement } from '../tables/instance-retirement.ts'
import { monthClose } from '../tables/month-close.ts'
import { registryImport } from '../tables/registry-import.ts'
import { rejectedMend } from '../tables/rejected-mend.ts'
import { rejectedRule, rejectedRuleEnd } from '../tables/rejected-rule.ts'
import { rejectedWaiver } from '../tables/rejected-waiver.ts'
import { sourceExpectation } from '../tables/source-expectation.ts'
import { sourceReconciliation } from '../tables/source-reconciliation.ts'
import { sourceRetirement } from '../tables/source-retirement.ts'
import { statement } from '../tables/statement.ts'
import { statementAdjustment } from '../tables/statement-adjustment.ts'
import { statementAnnouncement } from '../tables/statement-announcement.ts'
import { statementApproval } from '../tables/statement-approval.ts'
import { statementLine } from '../tables/statement-line.ts'
import { stream } from '../tables/stream.ts'
import { streamKey } from '../tables/stream-key.ts'
import type { ColumnSet, Table } from '../tables/table.ts'
import { usageAlert } from '../tables/usage-alert.ts'
import { usageAlertPublished } from '../tables/usage-alert-published.ts'

/** A table of which each row is sealed when it is written. */
export type SealedTable = {
  readonly table: Table<ColumnSet>
  /** What a row is known by. */
  readonly key: readonly string[]
  /** When it was written, in milliseconds since the epoch or ISO 8601; null: the table is younger than seals. */
  readonly writtenAt: string | null
  /** A second row of a key takes the place of the first: it must be read FINAL, and doubling it changes nothing. */
  readonly isReplacing: boolean
}

/**
 * Every table of which nothing else tells what must stand in it. How each of the others is proved stands in
 * proved-by.ts; a test holds both to the tables that there are.
 */
export const SEALED: readonly SealedTable[] = [
  sealed(stream, ['stream'], null, true),
  sealed(streamKey, ['stream'], null),
  sealed(acceptedGap, ['stream', 'partition', 'fromOffset'], 'acceptedAtMs', true),
  sealed(acceptedLoss, ['stream', 'source', 'file', 'acceptedAtMs'], 'acceptedAtMs'),
  sealed(sourceExpectation, ['stream', 'source', 'recordedAtMs'], 'recordedAtMs'),
  sealed(sourceReconciliation, ['stream', 'source', 'reconciledAtMs'], null),
  sealed(instanceRetirement, ['stream', 'source', 'instance', 'retiredAtMs'], 'retiredAtMs'),
  sealed(sourceRetirement, ['stream', 'source', 'retiredAtMs'], 'retiredAtMs'),
  sealed(rejectedWaiver, ['stream', 'partition', 'offset', 'eventIndex', 'waivedAtMs'], 'waivedAtMs'),
  sealed(rejectedMend, ['stream', 'partition', 'offset', 'eventIndex', 'step'], 'mendedAtMs'),
  sealed(rejectedRule, ['stream', 'name'], 'addedAt'),
  sealed(rejectedRuleEnd, ['stream', 'name'], 'endedAt'),
  sealed(registryImport, ['sequence'], 'importedAtMs'),
  sealed(monthClose, ['month', 'revision'], 'closedAtMs'),
  sealed(dialogueStep, ['clientId', 'sequence'], 'recordedAt'),
  sealed(statementApproval, ['month', 'revision'], 'approvedAtMs'),
  sealed(statementAnnouncement, ['month', 'revision', 'topic'], 'announcedAtMs', true),
  sealed(usageAlert, ['alertId'], 'raisedAtMs'),
  sealed(usageAlertPublished, ['alertId', 'topic'], 'publishedAtMs', true),
  sealed(accessToken, ['name'], 'madeAt'),
  sealed(accessRevocation, ['name'], 'revokedAt'),
  sealed(auditEntry, ['entryId', 'outcome'], 'at'),
]

/** What a close has of each client, sealed as a whole: many rows, which are written once and by a close alone. */
export const SEALED_BY_CLOSE = [statement, statementLine, statementAdjustment] as const

function sealed<Columns extends ColumnSet>(
  table: Table<Columns>,
  key: readonly (keyof Columns & string)[],
  writtenAt: (keyof Columns & string) | null,
  isReplacing = false,
): SealedTable {
  return { table, key, writtenAt, isReplacing }
}
