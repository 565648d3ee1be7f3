import type { ExceptionKind } from '@forbruk/schemas/statement/month-close.ts'
import type { Finding, Waiting } from '@forbruk/schemas/waiting/waiting.ts'
import { showCount } from '../gate/describe-lack.ts'
import { adviseOnObstacles, describeObstacles } from '../gate/describe-obstacles.ts'

/** Pure: a finding with its sentences. */
export function describeFinding(finding: Finding): Waiting {
  return { ...finding, ...describe(finding) }
}

type Sentences = Pick<Waiting, 'detail' | 'todo'>
type FindingOf<Kind extends Finding['kind']> = Extract<Finding, { readonly kind: Kind }>

function describe(finding: Finding): Sentences {
  const { month } = finding
  switch (finding.kind) {
    case 'month_open':
    case 'month_before_open':
    case 'no_first_month':
    case 'close_from_idle':
      return describeOpen(finding)
    case 'exceptions':
      return describeExceptions(finding)
    case 'later_usage':
      return {
        detail: `usage of ${month} was counted after r${finding.revision} was closed`,
        todo: `forbruk close ${month}; with --dry-run it says what that changes`,
      }
    case 'inputs_changed': {
      const { revision, causes } = finding
      return {
        detail: `${month} r${revision} was closed by another ${causes.join(' and ')} than holds for it now`,
        todo: `forbruk close ${month} --dry-run, which names the difference that --accept takes`,
      }
    }
    case 'approval': {
      const names = finding.revisions.map(revision => `r${revision}`).join(', ')
      return {
        detail: `${month} ${names}: not announced before a person approves it`,
        todo:
          `forbruk statements list ${month}, ` +
          `then forbruk statements announce ${month} --approve ${finding.approve}`,
      }
    }
    case 'source_obstructed': {
      const { source, obstacles } = finding
      return {
        detail: `source ${source} is not complete from ${month} on, because of ${describeObstacles(obstacles)}`,
        todo: adviseOnObstacles(source, obstacles),
      }
    }
    case 'decisions_unstated':
      return {
        detail: `${month}: what was decided in ${nameSome(finding.caseIds)} is on no statement yet`,
        todo: `forbruk close ${month}`,
      }
    case 'partitions_uncounted':
      return {
        detail: `the topic has ${finding.partitions} partitions, and only the first ${finding.counted} are counted`,
        todo: 'forbruk stream grow, if that was meant; with --dry-run it says what waits in the others',
      }
    case 'overage_vanished':
      return {
        detail: `case ${finding.caseId} of ${finding.clientName} is open, and ${month} has no overage any more`,
        todo: `forbruk case decide ${finding.caseId} waive --month ${month} --note 'there is no overage any more'`,
      }
  }
}

type OpenMonth = FindingOf<'month_open' | 'month_before_open' | 'no_first_month' | 'close_from_idle'>

function describeOpen(finding: OpenMonth): Sentences {
  const { month } = finding
  switch (finding.kind) {
    case 'month_open':
      return {
        detail: `${month} is over and not closed`,
        todo: `forbruk close ${month}; with --dry-run it says what is missing`,
      }
    case 'month_before_open':
      return {
        detail: `${month} is due, and not closed by schedule while ${finding.before} is open`,
        todo: `forbruk close ${finding.before}, which says what it lacks`,
      }
    case 'no_first_month':
      return {
        detail: `${month} is due, and the schedule closes no month before a person has closed the first`,
        todo: `forbruk close ${month}, or FORBRUK_CLOSE_FROM=${month}`,
      }
    case 'close_from_idle': {
      const isOld = finding.reason === 'too_old'
      const why = isOld ? 'lies more than a year back' : "ended before the log's first record"
      return {
        detail: `FORBRUK_CLOSE_FROM names ${month}, which ${why}: the schedule doesn't begin with it`,
        todo: `forbruk close ${month}, or name a later month`,
      }
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

function describeExceptions(finding: FindingOf<'exceptions'>): Sentences {
  const { month, revision, exception, exceptions, requests, bytes, clientId } = finding
  const largest = exceptions === 1 ? `by ${clientId}` : `the most of ${exceptions} by ${clientId}`
  return {
    detail:
      `${month} r${revision} charges nobody for ${showCount(requests)} requests and ${showCount(bytes)} bytes ` +
      `${USED_BY[exception]}, ${largest}`,
    todo:
      `correct the registry (forbruk registry import DIR --valid-from ${month}), ` +
      `then forbruk close ${month} --dry-run, which names the difference that --accept takes`,
  }
}

const NAMED_MAX = 3

function nameSome(names: readonly string[]): string {
  const more = names.length - NAMED_MAX
  return [...names.slice(0, NAMED_MAX), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}
