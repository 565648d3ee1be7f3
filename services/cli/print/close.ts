import type { CloseRefusedError, CloseResult } from '@forbruk/close/close.ts'
import { describeBound } from '@forbruk/close/gate/describe-lack.ts'
import { describeRefusal } from '@forbruk/close/gate/refusal.ts'
import { describeReconciliation } from '@forbruk/close/reconcile/judge-reconciliation.ts'
import { listPayerChanges } from '@forbruk/close/revision/list-payer-changes.ts'
import {
  type Statement,
  type StatementAdjustment,
  sumNotCounted,
} from '@forbruk/schemas/statement/statement.ts'
import { groupDigits, printJson, printLine, printTable } from './table.ts'

/** A refusal for programs; people read the message on standard error. */
export function printRefusal(month: string, { refusals, estimate }: CloseRefusedError): void {
  const described = refusals.map(refusal => ({ ...refusal, message: describeRefusal(refusal) }))
  printJson({ outcome: 'refused', month, refusals: described, estimate })
}

/** A close for people: what it came to, who is over, what it rests on. */
export function printClose(month: string, close: CloseResult): void {
  printLine(headline(month, close))
  if (close.forced !== null) {
    printLine(`FORCED although incomplete: ${close.forced.reason}`)
    for (const lack of close.forced.lacks) printLine(`  ${lack}`)
  }
  printFigures(close)
  printChanges(close)
  printUnaccepted(month, close)
  printOverage(close.statements)
  printNotCounted(close.statements)
  printOpened(close)
  printExceptions(close)
  printLine()
  printLine(`content hash ${close.contentHash}`)
  const cut = close.cut.map(({ partition, nextOffset }) => `${partition}:${nextOffset}`).join(' ')
  printLine(`covers ${close.stream} up to offsets ${cut}`)
}

function headline(month: string, { outcome, revision, previousRevision }: CloseResult): string {
  switch (outcome) {
    case 'closed':
      return `${month} is closed as r${revision}`
    case 'revised':
      return `${month} is closed as r${revision}, which differs from r${previousRevision}`
    case 'unchanged':
      return `${month} was closed as r${revision} before, with the same content: nothing changed`
    case 'dry_run':
      return `${month} would close as follows (dry run, nothing recorded)`
  }
}

function printFigures({ summary, rejected }: CloseResult): void {
  const { overageRequests, overageTransfer } = summary
  printTable(
    [{ title: '' }, { title: '', align: 'right' }],
    [
      ['clients', groupDigits(summary.clients)],
      ['statements', groupDigits(summary.statements)],
      ['requests', groupDigits(summary.requests)],
      ['bytes', groupDigits(summary.bytes)],
      [
        `requests above the allowance (${showClients(overageRequests.clients)})`,
        groupDigits(overageRequests.quantity),
      ],
      [
        `MB above the allowance (${showClients(overageTransfer.clients)})`,
        groupDigits(overageTransfer.quantity),
      ],
      ['NOK payable', groupDigits(summary.payableNok)],
      ['NOK proposed, after a dialogue', groupDigits(summary.proposedNok)],
      ['rejected events in the month', groupDigits(rejected.reduce((sum, row) => sum + row.events, 0))],
    ],
  )
}

/** Against the revision before: what changed, and what that makes of each line. */
function printChanges({ changes, adjustments, previousRevision }: CloseResult): void {
  if (changes.length === 0) return
  printLine()
  printTable(
    [
      { title: `changed since r${previousRevision}` },
      { title: 'how' },
      { title: 'lines', align: 'right' },
      { title: 'NOK', align: 'right' },
      { title: 'of which payable', align: 'right' },
    ],
    changes.map(change => [
      change.cause,
      change.detail,
      groupDigits(change.lines),
      signedAmount(change.amountNok),
      signedAmount(change.payableNok),
    ]),
  )
  if (adjustments.length === 0) return
  printPayerChanges(adjustments)
  printLine()
  printTable(
    [
      { title: 'adjustment' },
      { title: 'payer' },
      { title: 'item' },
      { title: 'quantity', align: 'right' },
      { title: 'NOK before', align: 'right' },
      { title: 'after', align: 'right' },
      { title: 'difference', align: 'right' },
      { title: 'of which payable', align: 'right' },
      { title: 'because' },
    ],
    adjustments.slice(0, ADJUSTMENTS_SHOWN_MAX).map(toAdjustmentRow),
  )
  const more = adjustments.length - ADJUSTMENTS_SHOWN_MAX
  if (more > 0) printLine(`and ${groupDigits(more)} more: forbruk sql "SELECT * FROM statement_adjustments"`)
}

function printPayerChanges(adjustments: readonly StatementAdjustment[]): void {
  const changes = listPayerChanges(adjustments)
  printLine()
  printTable(
    [
      { title: 'payer' },
      { title: 'because of' },
      { title: 'NOK', align: 'right' },
      { title: 'of which payable', align: 'right' },
    ],
    changes
      .slice(0, ADJUSTMENTS_SHOWN_MAX)
      .map(each => [each.payerName, each.cause, signedAmount(each.amountNok), signedAmount(each.payableNok)]),
  )
  const more = changes.length - ADJUSTMENTS_SHOWN_MAX
  if (more > 0) printLine(`and ${groupDigits(more)} more with smaller amounts`)
}

/** Of a dry run: what the close itself would be refused for. */
function printUnaccepted(month: string, { unaccepted }: CloseResult): void {
  if (unaccepted.length === 0) return
  printLine()
  printLine(`this waits for a person who accepts it: forbruk close ${month} --accept ${unaccepted.join(',')}`)
}

/** A terminal holds no more; the view has all. */
const ADJUSTMENTS_SHOWN_MAX = 40

function toAdjustmentRow(adjustment: StatementAdjustment): string[] {
  const { clientName, clientId, payerId, payerName, quantityBefore, quantityAfter } = adjustment
  return [
    clientName,
    payerId === clientId ? 'the client' : payerName,
    adjustment.integrationId === '' ? adjustment.item : `${adjustment.item} ${adjustment.integrationId}`,
    `${groupDigits(quantityBefore)} > ${groupDigits(quantityAfter)} ${adjustment.unit}`,
    groupDigits(adjustment.amountBeforeNok),
    groupDigits(adjustment.amountAfterNok),
    signedAmount(adjustment.adjustmentNok),
    signedAmount(adjustment.payableNok),
    adjustment.causes.map(({ cause, detail }) => `${cause}: ${detail}`).join('; '),
  ]
}

function signedAmount(amount: string): string {
  const isPositive = !amount.startsWith('-') && Number(amount) !== 0
  return isPositive ? `+${groupDigits(amount)}` : groupDigits(amount)
}

function printOverage(statements: readonly Statement[]): void {
  const proposed = statements.flatMap(statement =>
    statement.lines
      .filter(line => line.item === 'overage_requests' || line.item === 'overage_transfer')
      .map(line => ({ statement, line })),
  )
  if (proposed.length === 0) return
  printLine()
  printTable(
    [
      { title: 'over the allowance' },
      { title: 'quantity', align: 'right' },
      { title: 'unit' },
      { title: 'NOK', align: 'right' },
      { title: 'status' },
      { title: 'payer' },
    ],
    proposed.map(({ statement, line }) => [
      statement.clientName,
      groupDigits(line.quantity),
      line.unit,
      groupDigits(line.amountNok),
      line.status,
      statement.payerId === statement.clientId ? 'the client' : statement.payerName,
    ]),
  )
}

function printNotCounted(statements: readonly Statement[]): void {
  const notCounted = sumNotCounted(statements.flatMap(statement => statement.usage))
  if (notCounted.length === 0) return
  printLine()
  printTable(
    [
      { title: 'not counted, answered with' },
      { title: 'requests', align: 'right' },
      { title: 'bytes', align: 'right' },
    ],
    notCounted.map(({ statusClass, requests, bytes }) => [
      statusClass,
      groupDigits(requests),
      groupDigits(bytes),
    ]),
  )
}

function printOpened({ cases }: CloseResult): void {
  const parts = [
    ['opened', cases?.opened ?? []],
    ['given a further month', cases?.monthAdded ?? []],
    ['told of a changed overage', cases?.evidenceChanged ?? []],
    ['open again, with more than was decided', cases?.exceeded ?? []],
  ] as const
  const told = parts
    .filter(([, ids]) => ids.length > 0)
    .map(([what, ids]) => `${groupDigits(ids.length)} ${what}`)
  if (told.length === 0) return
  printLine()
  printLine(`dialogue cases: ${told.join(', ')} (forbruk case list)`)
}

function printExceptions(close: CloseResult): void {
  printRejected(close)
  printSources(close)
  for (const each of close.reconciled) printLine(describeReconciliation(each))
  const { exceptions } = close
  if (exceptions.length === 0) return
  printLine()
  printTable(
    [
      { title: 'exception, not charged' },
      { title: 'client' },
      { title: 'integration' },
      { title: 'requests', align: 'right' },
      { title: 'bytes', align: 'right' },
    ],
    exceptions.map(exception => [
      exception.kind,
      exception.clientId,
      exception.integrationId || '(none)',
      groupDigits(exception.requests),
      groupDigits(exception.bytes),
    ]),
  )
}

function printRejected({ rejected, waivers, ruled }: CloseResult): void {
  if (rejected.length > 0) {
    printLine()
    const titles = ['events', 'waived', 'by rule', 'mended', 'open'] as const
    printTable(
      [{ title: 'rejected' }, ...titles.map(title => ({ title, align: 'right' as const }))],
      rejected.map(each => [
        each.reason,
        ...[each.events, each.waived - each.ruled, each.ruled, each.mended, each.open + each.mending].map(
          count => groupDigits(count),
        ),
      ]),
    )
  }
  for (const { reason, actor, events } of waivers) {
    printLine(`${groupDigits(events)} waived by ${actor}: ${reason}`)
  }
  for (const { rule, reason, actor, events, late, eventsMax, bound } of ruled) {
    const most = `${groupDigits(eventsMax)} (${describeBound(bound)})`
    const more = late === 0 ? '' : `, and ${groupDigits(late)} that came after the month`
    printLine(
      `${groupDigits(events)} waived by standing rule ${rule}, at most ${most}${more}: ${reason} (${actor})`,
    )
  }
}

function printSources({ sources }: CloseResult): void {
  for (const { source, retired, givesMarks } of sources) {
    if (retired !== null) {
      printLine(
        `source ${source} is retired (${retired.reason}); ${groupDigits(retired.missing)} events missing`,
      )
    } else if (!givesMarks) {
      printLine(
        `source ${source || '(gateway)'} gives no marks: that all of its events came rests on the grace alone`,
      )
    }
  }
}

function showClients(clients: number): string {
  return clients === 1 ? '1 client' : `${groupDigits(clients)} clients`
}
