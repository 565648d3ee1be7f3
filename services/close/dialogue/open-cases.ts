import type { Store } from '@forbruk/infra/store/store.ts'
import type { CaseStep, Evidence } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import type { TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { z } from 'zod'
import type { BillingPeriod } from '../billing-period.ts'
import type { Statement } from '../statement.ts'
import { appendStep } from './append-step.ts'
import { isOverage } from './find-overage.ts'
import { type Dialogue, emptyDialogue, takeStep } from './fold-dialogue.ts'
import { gatherEvidence, type RecordedMonth, toRecordedMonth } from './gather-evidence.ts'
import { type PlannedStep, planOpening } from './plan-opening.ts'
import { readDialogue, readDialogues } from './read-dialogues.ts'
import { describeCaseRefusal } from './refusal.ts'

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
}

/** The actor of what the close does by itself. */
const CLOSE = 'forbruk close'
const TRIES_MAX = 5
/** Each step is an insert of its own. */
const CLIENTS_AT_ONCE = 8

/**
 * Brings the cases up to date with a recorded month: opens one for each client above its allowance, or adds the month
 * to the case that is open already, and tells a case where a newer revision has another overage than it knows. Doing it
 * again changes nothing, so a close that broke off before is completed by the next. Only in tariff mode `dialogue`.
 *
 * Two closes at once, or one beside a person at work on a case: each step is added after those there are, and planned
 * anew when another came first.
 */
export async function openCases(
  opening: CaseOpening,
  onOpened: (done: number, total: number) => void = () => {},
): Promise<OpenedCases> {
  if (opening.version.consumption.overage !== 'dialogue')
    return { opened: [], monthAdded: [], evidenceChanged: [] }
  const months = await findMonths(opening)
  const dialogues = await readDialogues(
    opening.store,
    months.map(month => month.clientId),
  )
  const news = months.filter(({ clientId, overage }) => {
    const dialogue = dialogues.get(clientId) ?? emptyDialogue(clientId)
    return planOpening(dialogue, opening.period.month, opening.revision, overage) !== null
  })
  const { store, stream, timeZone, version, period, registry, revision } = opening
  const scope = { store, stream, timeZone, definitions: version.definitions }
  const evidence = await gatherEvidence({ scope, period, version, registry, revision }, news)

  const taken: PlannedStep[] = []
  let done = 0
  await inTurns(news, async month => {
    const { clientId } = month
    const found = evidence.get(clientId)
    if (found === undefined) return
    const planned = await tell(opening, dialogues.get(clientId) ?? emptyDialogue(clientId), month, found)
    if (planned !== null) taken.push(planned)
    done += 1
    onOpened(done, news.length)
  })
  return sortTaken(taken)
}

/** The clients above an allowance, and those whose cases know of this month. */
async function findMonths({ store, period, version, statements }: CaseOpening): Promise<RecordedMonth[]> {
  const statementBy = new Map(statements.map(statement => [statement.clientId, statement]))
  const above = statements.filter(({ lines }) => lines.some(isOverage)).map(statement => statement.clientId)
  const known = await store.query(KNOWN_SQL, z.object({ client_id: z.string() }), { month: period.month })
  const clientIds = new Set([...above, ...known.map(row => row.client_id)])
  return [...clientIds].map(clientId => toRecordedMonth(clientId, statementBy.get(clientId) ?? null, version))
}

const KNOWN_SQL = `
SELECT DISTINCT client_id
FROM dialogue_step
WHERE has(months, {month:String})
ORDER BY client_id`

/** What was told to the client's dialogue; null when another close has told it meanwhile. */
async function tell(
  { store, period, revision, clock }: CaseOpening,
  known: Dialogue,
  { clientId, statement, overage }: RecordedMonth,
  evidence: Evidence,
): Promise<PlannedStep | null> {
  let dialogue = known
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const planned = planOpening(dialogue, period.month, revision, overage)
    if (planned === null) return null
    const step: CaseStep = {
      ...planned,
      month: period.month,
      clientName: statement?.clientName ?? clientId,
      evidence,
      sequence: dialogue.sequence + 1,
      at: new Date(clock()).toISOString(),
      actor: CLOSE,
      note: '',
    }
    const taken = takeStep(dialogue, step)
    if (!taken.ok) throw new Error(`case ${planned.caseId}: ${describeCaseRefusal(taken.refusal)}`)
    if (await appendStep(store, step)) return planned
    dialogue = await readDialogue(store, clientId)
  }
  throw new Error(
    `the dialogue with ${clientId}: ${TRIES_MAX} times another step came first; close ${period.month} again`,
  )
}

/** Every value once, a bounded number at a time. After a failure nothing further begins. */
async function inTurns<Value>(
  values: readonly Value[],
  step: (value: Value) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < values.length; start += CLIENTS_AT_ONCE) {
    const outcomes = await Promise.allSettled(values.slice(start, start + CLIENTS_AT_ONCE).map(step))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }
}

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
  }
}
