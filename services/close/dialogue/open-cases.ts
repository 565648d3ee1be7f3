import type { Store } from '@forbruk/infra/store/store.ts'
import { dialogueStep } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { isOverage } from './find-overage.ts'
import { gatherEvidence, type RecordedMonth, toRecordedMonth } from './gather-evidence.ts'
import { type PlannedStep, planOpening } from './plan-opening.ts'
import { readDialogues } from './read-dialogues.ts'
import { beginDialogues, continueDialogues } from './tell-dialogues.ts'

export type CaseOpening = {
  readonly store: Store
  readonly stream: string
  readonly timeZone: string
  readonly period: BillingPeriod
  readonly version: TariffVersion
  readonly registry: Registry
  /** As recorded. */
  readonly revision: number
  readonly statements: readonly Statement[]
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}

/** The ids of cases by what came into them. */
export type OpenedCases = {
  readonly opened: readonly string[]
  readonly monthAdded: readonly string[]
  readonly evidenceChanged: readonly string[]
  /** Reopened: there is more than was decided. */
  readonly exceeded: readonly string[]
}

/**
 * Brings the cases up to date with a recorded month: opens one for each client above its allowance, or adds the month
 * to the case that is open already, tells a case where a newer revision has another overage than it knows, and reopens
 * it where that is more than was decided. Doing it again changes nothing, so a close that broke off before is completed
 * by the next. Only in tariff mode `dialogue`.
 *
 * Two closes at once, or one beside a person at work on a case: each step is added after those there are, and planned
 * anew when another came first.
 */
export async function openCases(
  opening: CaseOpening,
  onOpened: (done: number, total: number) => void = () => {},
): Promise<OpenedCases> {
  if (opening.version.consumption.overage !== 'dialogue')
    return { opened: [], monthAdded: [], evidenceChanged: [], exceeded: [] }
  const months = await findMonths(opening)
  const dialogues = await readDialogues(
    opening.store,
    months.map(month => month.clientId),
  )
  const news = months.filter(({ clientId, overage }) => {
    const dialogue = dialogues.get(clientId)
    return (
      dialogue !== undefined &&
      planOpening(dialogue, opening.period.month, opening.revision, overage) !== null
    )
  })
  const evidence = await gatherEvidence(opening, news)

  const told = { ...opening, evidence, onTold: countTo(news.length, onOpened) }
  const isNew = ({ clientId }: RecordedMonth) => dialogues.get(clientId)?.sequence === 0
  const begun = await beginDialogues(told, news.filter(isNew))
  const others = [...news.filter(month => !isNew(month)), ...begun.overtaken]
  return sortTaken([...begun.taken, ...(await continueDialogues(told, dialogues, others))])
}

function countTo(total: number, onOpened: (done: number, total: number) => void): (count: number) => void {
  let done = 0
  return count => {
    done += count
    onOpened(done, total)
  }
}

/** The clients above an allowance, and those whose cases know of this month. */
async function findMonths({ store, period, version, statements }: CaseOpening): Promise<RecordedMonth[]> {
  const statementBy = new Map(statements.map(statement => [statement.clientId, statement]))
  const above = statements.filter(({ lines }) => lines.some(isOverage)).map(statement => statement.clientId)
  const known = await store.query(KNOWN_SQL, select(dialogueStep, 'clientId').shape, { month: period.month })
  const clientIds = new Set([...above, ...known.map(row => row.clientId)])
  return [...clientIds].map(clientId => toRecordedMonth(clientId, statementBy.get(clientId) ?? null, version))
}

const KNOWN_SQL = `
SELECT DISTINCT client_id
FROM dialogue_step
WHERE has(months, {month:String})
ORDER BY client_id`

function sortTaken(taken: readonly PlannedStep[]): OpenedCases {
  const idsOf = (kind: PlannedStep['kind']) =>
    taken
      .filter(each => each.kind === kind)
      .map(each => each.caseId)
      .toSorted()
  return {
    opened: idsOf('opened'),
    monthAdded: idsOf('month_added'),
    evidenceChanged: idsOf('evidence_changed'),
    exceeded: idsOf('exceeded'),
  }
}
