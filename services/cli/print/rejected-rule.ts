import type { StandingRule } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { groupDigits, printLine, printTable } from './table.ts'

export function printRules(rules: readonly StandingRule[]): void {
  if (rules.length === 0) {
    printLine('no standing rules: each rejected event is waived or mended by a person')
    return
  }
  printTable(
    ['rule', 'waives', 'at most', 'from', 'until', 'by', 'because'].map(title => ({ title })),
    rules.map(rule => [
      rule.name,
      spellEvents(rule),
      spellBound(rule),
      rule.fromMonth,
      spellUntil(rule),
      rule.actor,
      rule.reason,
    ]),
  )
}

function spellEvents({ reasonCode, statuses, source, format }: StandingRule): string {
  const withStatus = statuses.length === 0 ? '' : ` with ${statuses.join(', ')}`
  const ofSource = source === null ? '' : ` of source ${source}`
  const ofFormat = format === null ? '' : ` of format ${format}`
  return `${reasonCode}${withStatus}${ofSource}${ofFormat}`
}

function spellBound({ eventsMax, sharePercentMax }: StandingRule): string {
  const number = eventsMax === null ? [] : [`${groupDigits(eventsMax)} a month`]
  const share = sharePercentMax === null ? [] : [`${sharePercentMax} % of its requests`]
  return [...number, ...share].join(' and ')
}

function spellUntil({ untilMonth, ended }: StandingRule): string {
  if (ended === null) return untilMonth ?? ''
  const last = untilMonth !== null && untilMonth < ended.untilMonth ? untilMonth : ended.untilMonth
  return `${last}: ${ended.reason} (${ended.actor})`
}
