import type { ExceptionKind } from '@forbruk/schemas/statement/month-close.ts'
import type { Finding, Waiting } from '@forbruk/schemas/waiting/waiting.ts'

/** Pure: a finding with its sentences. */
export function describeFinding(finding: Finding): Waiting {
  return { ...finding, ...describe(finding) }
}

function describe(finding: Finding): Pick<Waiting, 'detail' | 'todo'> {
  const { month } = finding
  switch (finding.kind) {
    case 'month_open':
      return {
        detail: `${month} is over and not closed`,
        todo: `forbruk close ${month}; with --dry-run it says what is missing`,
      }
    case 'exceptions':
      return describeExceptions(finding)
    case 'later_usage':
      return {
        detail: `usage of ${month} was counted after r${finding.revision} was closed`,
        todo: `forbruk close ${month}; with --dry-run it says what that changes`,
      }
    case 'decisions_unstated':
      return {
        detail: `${month}: what was decided in ${nameSome(finding.caseIds)} is on no statement yet`,
        todo: `forbruk close ${month}`,
      }
    case 'overage_vanished':
      return {
        detail: `case ${finding.caseId} of ${finding.clientName} is open, and ${month} has no overage any more`,
        todo: `forbruk case decide ${finding.caseId} waive --month ${month} --note 'there is no overage any more'`,
      }
  }
}

const USED_BY: Record<ExceptionKind, string> = {
  unknown_client: 'by clients that the registry does not know',
  unknown_integration: 'through integrations that the registry does not know',
  undecided_integration: 'that name no integration, which the tariff says nothing of',
  not_activated: 'through integrations that were not active',
  no_partner: "through partners' integrations at end customers",
}

function describeExceptions(finding: Extract<Finding, { kind: 'exceptions' }>) {
  const { month, revision, exception, exceptions, requests, bytes, clientId } = finding
  const largest = exceptions === 1 ? `by ${clientId}` : `the most of ${exceptions} by ${clientId}`
  return {
    detail:
      `${month} r${revision} charges nobody for ${showCount(requests)} requests and ${showCount(bytes)} bytes ` +
      `${USED_BY[exception]}, ${largest}`,
    todo: `correct the registry (forbruk registry import), then forbruk close ${month}`,
  }
}

const NAMED_MAX = 3

function nameSome(names: readonly string[]): string {
  const more = names.length - NAMED_MAX
  return [...names.slice(0, NAMED_MAX), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

function showCount(count: string): string {
  return count.replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}
