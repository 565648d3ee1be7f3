import type { AcceptedCause, Change, PayerChange } from '@forbruk/schemas/statement/month-close.ts'
import type { Undecided } from '../rating/find-undecided.ts'
import { EVENT_BYTES_MAX, type Unannounceable } from '../statements/find-unannounceable.ts'
import type { MoneyFinding } from '../verify/money-finding.ts'
import { describeLack } from './describe-lack.ts'
import { describeEstimate, type Estimate } from './estimate-ready.ts'
import type { Lack } from './gate.ts'

/** Why a month was not closed, though nothing failed. */
type Refusal =
  | Lack
  | { readonly kind: 'registry_missing' }
  /** The month is before the first that the tariff holds in. */
  | { readonly kind: 'tariff_missing'; readonly from: string }
  | Undecided
  | { readonly kind: 'figures_unsettled'; readonly examples: readonly string[] }
  /** Each time, another close with other content was recorded while this one was at it. */
  | { readonly kind: 'closed_meanwhile'; readonly tries: number }
  /** What a close builds on is not as it was written. */
  | { readonly kind: 'store_damaged'; readonly findings: readonly MoneyFinding[] }
  | UnacceptedChange
  | Unannounceable

/** A closed month would change through what nobody has accepted. `payers`: whom it concerns, and by how much. */
export type UnacceptedChange = Omit<Change, 'cause'> & {
  readonly kind: 'change_unaccepted'
  /** The newest that is recorded. */
  readonly revision: number
  readonly cause: AcceptedCause
  /** What a person accepts it by. */
  readonly name: string
  readonly payers: readonly PayerChange[]
}

/** The month was refused for stated reasons: nothing was recorded. The command ends with exit code 3. */
export class CloseRefusedError extends Error {
  override name = 'CloseRefusedError'
  readonly month: string
  readonly refusals: readonly Refusal[]
  /** When the month can be closed, as far as that can be told; null where time has no part in it. */
  readonly estimate: Estimate | null
  constructor(month: string, refusals: readonly Refusal[], estimate: Estimate | null = null) {
    const sentences = [
      ...refusals.map(describeRefusal),
      ...(estimate === null ? [] : [describeEstimate(estimate)]),
    ]
    super(`${month} is not closed:${sentences.map(sentence => `\n  ${sentence}`).join('')}`)
    this.estimate = estimate
    this.month = month
    this.refusals = refusals
  }
}

/** A plain sentence that says what is wrong and what to do. */
export function describeRefusal(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'registry_missing':
      return 'no registry holds in the month; run forbruk registry import with --valid-from and the month'
    case 'tariff_missing':
      return `the tariff in use holds from ${refusal.from} on; set FORBRUK_TARIFF to one with a version for the month`
    case 'integration_undecided':
      return describeUndecided(refusal)
    case 'figures_unsettled':
      return (
        `usage and block ledger differ (${refusal.examples.join('; ')}); ` +
        'let forbruk aggregate catch up, then close again'
      )
    case 'closed_meanwhile':
      return (
        `${refusal.tries} times another close with other figures came first; ` +
        'close it again once usage, registry and tariff are at rest'
      )
    case 'statement_too_large':
      return (
        `the statement of ${refusal.clientId} has ${refusal.lines} lines and ${refusal.adjustments} adjustments, ` +
        `${refusal.bytes} bytes, and could not be announced: expected at most ${EVENT_BYTES_MAX}; ` +
        'give it fewer integrations, or shorter names, and import the registry again with --valid-from and the month'
      )
    case 'store_damaged':
      return describeDamage(refusal.findings)
    case 'change_unaccepted':
      return describeUnaccepted(refusal)
    default:
      return describeLack(refusal)
  }
}

function describeDamage(findings: readonly MoneyFinding[]): string {
  const named = findings.slice(0, DAMAGE_NAMED_MAX).map(({ place, message }) => `${place}: ${message}`)
  const more = findings.length > named.length ? `; ${findings.length - named.length} more` : ''
  return `what the close builds on is not as it was recorded: ${named.join('; ')}${more}; forbruk audit names all`
}

/** A message holds no more; the audit has all. */
const DAMAGE_NAMED_MAX = 3

function describeUndecided({ definition, requests, clients, clientId, integrationId }: Undecided): string {
  const what =
    definition === 'unnamedIntegration'
      ? 'name no integration'
      : `name an integration that the registry does not know (${integrationId})`
  const of = clients === 1 ? clientId : `${clients} clients, such as ${clientId},`
  return (
    `${requests} requests of ${of} ${what}, and the tariff does not say what they are; ` +
    `set ${definition} to internal, external or exception in a tariff of your own (FORBRUK_TARIFF)`
  )
}

/** A message holds no more; a dry run has all. */
const PAYERS_NAMED_MAX = 5

function describeUnaccepted(change: UnacceptedChange): string {
  const { cause, name, detail, revision, lines, amountNok, payableNok, payers } = change
  const named = payers.slice(0, PAYERS_NAMED_MAX).map(each => `${each.payerName} NOK ${each.amountNok}`)
  const more = payers.length > named.length ? [`${payers.length - named.length} more`] : []
  const whom = named.length === 0 ? '' : `: ${[...named, ...more].join(', ')}`
  const where = `${lines} ${lines === 1 ? 'line' : 'lines'}`
  return (
    `${cause}, ${detail}, would change r${revision} by NOK ${amountNok} in ${where}, ` +
    `of which NOK ${payableNok} payable${whom}; --dry-run shows it, --accept ${name} accepts it`
  )
}
