import type {
  CaseMonth,
  CaseStep,
  CaseSummary,
  Covered,
  DialogueCase,
  Evidence,
  Outcome,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { describeFate, nameOutcome } from './describe-fate.ts'
import { groupDigits, printLine, printTable } from './table.ts'

const NOTE_WIDTH = 80

type DecidedStep = Extract<CaseStep, { kind: 'decided' }>

export function printCases(cases: readonly CaseSummary[]): void {
  if (cases.length === 0) {
    printLine('no cases')
    return
  }
  printTable(
    [
      { title: 'case' },
      { title: 'client' },
      { title: 'state' },
      { title: 'months' },
      { title: 'requests above', align: 'right' },
      { title: 'MB above', align: 'right' },
      { title: 'NOK proposed', align: 'right' },
      { title: 'NOK open', align: 'right' },
      { title: 'decision' },
      { title: 'not on a statement' },
      { title: 'payer' },
      { title: 'partner' },
      { title: 'contacted (UTC)' },
      { title: 'follow up' },
      { title: 'days', align: 'right' },
    ],
    cases.map(each => [
      each.caseId,
      each.clientName,
      each.state,
      each.months.join(' '),
      each.overageRequests === '0' ? '' : groupDigits(each.overageRequests),
      each.overageBytes === '0' ? '' : inMegabytes(each.overageBytes),
      groupDigits(each.proposedNok),
      groupDigits(each.openNok),
      each.decision === null ? '' : nameDecision(each.decision),
      each.notOnStatement.join(' '),
      each.payerId === each.clientId ? 'the client' : (each.payerName ?? ''),
      each.partnerId ?? '',
      describeContacts(each),
      each.followUp ?? '',
      String(each.ageDays),
    ]),
  )
}

function describeContacts({ contacts, lastContactAt }: CaseSummary): string {
  if (lastContactAt === null) return 'never'
  const day = lastContactAt.slice(0, 10)
  return contacts === 1 ? day : `${day}, ${contacts} times`
}

/** What it is about, month by month, and what happened, step by step. */
export function printCase(known: DialogueCase, timeZone: string): void {
  printLine(`case ${known.caseId}, ${known.clientName}: ${describeState(known)}`)
  for (const month of known.months) printMonth(month)
  printLine()
  printTable(
    [{ title: 'step', align: 'right' }, { title: `when (${timeZone})` }, { title: 'who' }, { title: 'what' }],
    known.steps.map(step => [
      String(step.sequence),
      localTime(step.at, timeZone),
      step.actor,
      [describeStep(step), ...(step.note === '' ? [] : wrapLines(step.note))].join('\n'),
    ]),
  )
}

function describeState({ state, months }: DialogueCase): string {
  const undecided = months.filter(each => each.outcome === null)
  if (state === 'decided' || undecided.length === months.length) return state
  return `open, ${undecided.map(each => each.month).join(' and ')} undecided`
}

function printMonth(month: CaseMonth): void {
  const { evidence } = month
  printLine()
  printLine(`${month.month}, by r${evidence.revision}: ${describeOverage(evidence)} (${describeFate(month)})`)
  printUses(evidence)
}

function printUses({ trend, integrations, hours }: Evidence): void {
  const rows = [
    ...trend.map((use, index) => ({ label: index === 0 ? 'use by month' : '', what: use.month, use })),
    ...integrations.map((use, index) => ({
      label: index === 0 ? 'most by integration' : '',
      what: use.integrationId || '(unnamed)',
      use,
    })),
    ...hours.map((use, index) => ({
      label: index === 0 ? 'most by hour' : '',
      what: localHour(use.hour),
      use,
    })),
  ]
  printTable(
    [{ title: '' }, { title: '' }, { title: 'requests', align: 'right' }, { title: 'MB', align: 'right' }],
    rows.map(({ label, what, use }) => [label, what, groupDigits(use.requests), inMegabytes(use.bytes)]),
  )
}

function describeStep(step: CaseStep): string {
  switch (step.kind) {
    case 'opened':
      return `opened for ${step.month}: ${describeOverage(step.evidence)}`
    case 'month_added':
      return `${step.month} added: ${describeOverage(step.evidence)}`
    case 'evidence_changed':
      return `${step.month} changed by r${step.evidence.revision}: ${describeOverage(step.evidence)}`
    case 'exceeded':
      return `${step.month} is more by r${step.evidence.revision} than was decided: ${describeOverage(step.evidence)}`
    case 'contacted':
      return 'contacted'
    case 'noted':
      return step.followUp === null ? 'note' : `note, to follow up ${step.followUp}`
    case 'reopened':
      return `taken back for ${step.months.join(', ')}`
    case 'decided':
      return describeDecided(step)
  }
}

function describeDecided({ covers, outcome, sharePercent, withoutContact }: DecidedStep): string {
  const share = sharePercent === null ? '' : `, ${sharePercent} % as agreed`
  const contact = withoutContact === null ? '' : `, without contact: ${withoutContact}`
  return `decided for ${covers.map(describeCovered).join(', ')}: ${nameDecision(outcome)}${share}${contact}`
}

function describeCovered({ month, requests, bytes, proposedNok, agreedNok }: Covered): string {
  const parts = [
    ...(requests === '0' ? [] : [`${groupDigits(requests)} requests`]),
    ...(bytes === '0' ? [] : [`${inMegabytes(bytes)} MB`]),
  ]
  if (parts.length === 0) return month
  const agreed = agreedNok === null ? '' : `, of which NOK ${groupDigits(agreedNok)} was agreed`
  return `${month}, up to ${parts.join(' and ')}, NOK ${groupDigits(proposedNok)}${agreed}`
}

function describeOverage({ requests, transfer, proposedNok }: Evidence): string {
  const parts = [
    ...(requests === null
      ? []
      : [`${groupDigits(requests.above)} requests above ${groupDigits(requests.included)}`]),
    ...(transfer === null
      ? []
      : [`${inMegabytes(transfer.above)} MB above ${inMegabytes(transfer.included)} MB`]),
  ]
  if (parts.length === 0) return 'within the allowance, nothing to charge'
  return `${parts.join(' and ')}, NOK ${groupDigits(proposedNok)}`
}

function nameDecision(decision: Outcome | 'mixed'): string {
  return decision === 'mixed' ? 'by month' : nameOutcome(decision)
}

/** Lines of a note, broken between words where they are too long for a table. */
function wrapLines(text: string): string[] {
  return text.split(/\r?\n/).flatMap(line => {
    const lines = ['']
    for (const word of line.split(/\s+/)) {
      const last = lines.at(-1) ?? ''
      if (last !== '' && last.length + 1 + word.length > NOTE_WIDTH) lines.push(word)
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
    }
    return lines
  })
}

/** To the hundredth, of a million bytes; the exact figure is on the statement. */
function inMegabytes(bytes: string): string {
  const hundredths = (BigInt(bytes) + 5_000n) / 10_000n
  return groupDigits(`${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`)
}

function localTime(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(at),
  )
}

/** `2026-10-14T13:00+02:00` as `2026-10-14 13:00 +02:00`. */
function localHour(hour: string): string {
  return hour.replace('T', ' ').replace(/([+-]\d\d:\d\d)$/, ' $1')
}
