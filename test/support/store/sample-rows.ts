import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { acceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { acceptedLoss } from '@forbruk/infra/store/tables/accepted-loss.ts'
import { accessRevocation, accessToken } from '@forbruk/infra/store/tables/access-token.ts'
import { auditEntry } from '@forbruk/infra/store/tables/audit-entry.ts'
import { dialogueStep } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { instanceRetirement } from '@forbruk/infra/store/tables/instance-retirement.ts'
import { rejectedMend } from '@forbruk/infra/store/tables/rejected-mend.ts'
import { rejectedRule, rejectedRuleEnd } from '@forbruk/infra/store/tables/rejected-rule.ts'
import { rejectedWaiver } from '@forbruk/infra/store/tables/rejected-waiver.ts'
import { sourceExpectation } from '@forbruk/infra/store/tables/source-expectation.ts'
import { sourceReconciliation } from '@forbruk/infra/store/tables/source-reconciliation.ts'
import { sourceRetirement } from '@forbruk/infra/store/tables/source-retirement.ts'
import { statementAnnouncement } from '@forbruk/infra/store/tables/statement-announcement.ts'
import { statementApproval } from '@forbruk/infra/store/tables/statement-approval.ts'
import { stream as streamTable } from '@forbruk/infra/store/tables/stream.ts'
import { streamKey } from '@forbruk/infra/store/tables/stream-key.ts'
import { usageAlert } from '@forbruk/infra/store/tables/usage-alert.ts'
import { usageAlertPublished } from '@forbruk/infra/store/tables/usage-alert-published.ts'

const AT_MS = Date.UTC(2026, 10, 30)
const AT = new Date(AT_MS).toISOString()
const stream = 'sample'
const said = { reason: 'because', actor: 'kari' }
const event = { stream, partition: 1, offset: 12, eventIndex: 3 }
const month = { month: '2026-01', revision: 9 }

/** A row for each table of what people decided and what was told of it, with a value in every column. */
export async function insertSamples(store: Store): Promise<void> {
  const sizes = { partitionCount: 3, blockSize: 8, windowSize: 4, foldVersion: 2 }
  await insertValues(store, streamTable, [{ stream, ...sizes }])
  await insertValues(store, streamKey, [{ stream, publicKey: 'x'.repeat(43) }])
  const gap = { stream, partition: 1, fromOffset: 2, toOffset: 4, acceptedAtMs: AT_MS }
  await insertValues(store, acceptedGap, [{ ...gap, reason: 'because' }])
  const source = { stream, source: 'gw' }
  const lost = { ...source, file: 'lines/0:1-3', missing: 2, acceptedAtMs: AT_MS }
  await insertValues(store, acceptedLoss, [{ ...lost, ...said }])
  const expected = { ...source, recordedAtMs: AT_MS, fromMonth: '2026-01', actor: 'kari' }
  await insertValues(store, sourceExpectation, [expected])
  const retired = { ...source, retiredAtMs: AT_MS, throughMs: AT_MS, missing: 2, events: 7 }
  await insertValues(store, sourceRetirement, [{ ...retired, ...said }])
  const gone = { ...source, instance: '5f2c9a01d3e84b76', retiredAtMs: AT_MS, throughMs: AT_MS }
  await insertValues(store, instanceRetirement, [{ ...gone, ...said, sequence: 4, copies: 1 }])
  const compared = { fromTimeMs: AT_MS, toTimeMs: AT_MS + 1, counter: 'kong', served: 9, resets: 1 }
  const came = { arrived: 7, rejected: 1, tolerance: 2, reconciledAtMs: AT_MS, actor: 'kari' }
  await insertValues(store, sourceReconciliation, [{ ...source, ...compared, ...came }])
  await insertValues(store, rejectedWaiver, [{ ...event, ...said, waivedAtMs: AT_MS }])
  const sent = { clientId: 'a', integrationId: 'b', status: 200, requestBytes: 1, responseBytes: 2 }
  const identity = { kind: 'request_id', id: 'mended:1:12:3' } as const
  const request = { kind: 'request', source: 'gw', identity, ...sent, timeMs: AT_MS } as const
  const mend = { requestId: 'mended:1:12:3', clientId: 'a', toPartition: 0, toOffset: 7, mendedAtMs: AT_MS }
  await insertValues(store, rejectedMend, [{ ...event, ...mend, ...said, step: 'sent', event: request }])
  const rule = { stream, name: 'scanners', addedAt: AT, reasonCode: 'client_missing', statuses: [401] }
  const bound = { format: 'nginx-json', eventsMax: 5, sharePercentMax: '1', untilMonth: '2026-12' }
  await insertValues(store, rejectedRule, [
    { ...rule, ...said, ...bound, source: 'gw', fromMonth: '2026-01' },
  ])
  const ended = { stream, name: 'scanners', endedAt: AT, untilMonth: '2026-11' }
  await insertValues(store, rejectedRuleEnd, [{ ...ended, ...said }])
  await insertValues(store, statementApproval, [{ ...month, actor: 'kari', approvedAtMs: AT_MS }])
  const announced = { topic: 'billing.statements', events: 4, announcedAtMs: AT_MS }
  await insertValues(store, statementAnnouncement, [{ ...month, ...announced }])
  await insertStep(store)
  await insertAlert(store)
  await insertAccess(store)
}

async function insertAccess(store: Store): Promise<void> {
  const scope = { clientId: 'a', partnerId: 'b' }
  const who = { name: 'portal', kind: 'token', actor: 'portal', roles: ['reader'], ...scope } as const
  const made = { madeAt: AT, madeBy: 'kari', expiresAt: AT, hash: 'f'.repeat(64) }
  await insertValues(store, accessToken, [{ ...who, ...made }])
  const revoked = { name: 'portal', revokedAt: AT, revokedBy: 'kari', reason: 'because' }
  await insertValues(store, accessRevocation, [revoked])
  const act = {
    act: 'close_month',
    subject: '2026-01',
    actor: 'kari',
    via: 'token',
    saidActor: 'ola',
    reason: 'because',
  } as const
  await insertValues(store, auditEntry, [{ ...act, entryId: 'one', outcome: 'done', at: AT }])
}

async function insertStep(store: Store): Promise<void> {
  const covered = {
    month: '2026-01',
    revision: 1,
    requests: '5',
    requestsNok: '1',
    bytes: '6',
    transferNok: '2',
  }
  const case_ = { clientId: 'sample', sequence: 1, batch: 1, openedMonth: '2026-01', months: ['2026-01'] }
  const terms = { sharePercent: '50', withoutContact: 'asked for', followUp: '2026-12-01' }
  await insertValues(store, dialogueStep, [
    {
      ...case_,
      ...terms,
      attemptId: '6f8f8b2e-7d0e-4c39-9d49-0b0a3b1f2c11',
      kind: 'decided',
      outcome: 'charge',
      clientName: 'Sample AS',
      revision: 1,
      overageRequests: '5',
      overageBytes: '6',
      proposedNok: '3',
      evidence: null,
      recordedAt: AT,
      actor: 'kari',
      note: 'agreed',
      covers: [{ ...covered, proposedNok: '3', agreedNok: '2' }],
    },
  ])
}

async function insertAlert(store: Store): Promise<void> {
  const about = { stream, clientId: 'a', month: '2026-01', metric: 'requests', kind: 'forecast' } as const
  const figures = { level: 80, used: 4n, allowance: 5n, forecast: 6n } as const
  const times = { raisedAtMs: AT_MS, periodStartMs: AT_MS - 1_000, periodEndMs: AT_MS + 1_000, logStart: 3 }
  await insertValues(store, usageAlert, [{ alertId: 'sample', ...about, ...figures, ...times }])
  const place = { alertId: 'sample', topic: 'usage.alerts', partition: 0, offset: 3, publishedAtMs: AT_MS }
  await insertValues(store, usageAlertPublished, [place])
}
