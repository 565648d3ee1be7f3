import { randomUUID } from 'node:crypto'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { dialogueStep } from '@forbruk/infra/store/tables/dialogue-step.ts'
import { select, shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { CaseStep, Evidence } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { appendStep } from './append-step.ts'
import { type Dialogue, emptyDialogue, takeStep } from './fold-dialogue.ts'
import type { RecordedMonth } from './gather-evidence.ts'
import { type PlannedStep, planOpening } from './plan-opening.ts'
import { readDialogue, readDialogues } from './read-dialogues.ts'
import { describeCaseRefusal } from './refusal.ts'
import { toStepRow } from './step-rows.ts'

/** A recorded month, as it is told to the dialogues that it is news to. */
type MonthNews = {
  readonly store: Store
  readonly period: BillingPeriod
  readonly revision: number
  /** By client id. */
  readonly evidence: ReadonlyMap<string, Evidence>
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly onTold: (clients: number) => void
}

/** The actor of what the close does by itself. */
const CLOSE = 'forbruk close'
const TRIES_MAX = 5
/** Other closes may be at it as well; each try that is lost is a batch of theirs. */
const BATCH_TRIES_MAX = 20
const CLIENTS_PER_BATCH = 500
/** Each step is an insert of its own. */
const CLIENTS_AT_ONCE = 8

/**
 * Opens the first cases of clients, many in one insert, since a month may have thousands. Nobody but a close begins a
 * dialogue, and closes take the numbers of batches in turn: a client without a step when the number before was taken
 * has none still when this one is.
 *
 * `overtaken`: another close has begun a dialogue with these meanwhile.
 */
export async function beginDialogues(
  news: MonthNews,
  months: readonly RecordedMonth[],
): Promise<{ readonly taken: readonly PlannedStep[]; readonly overtaken: readonly RecordedMonth[] }> {
  const taken: PlannedStep[] = []
  const overtaken: RecordedMonth[] = []
  for (let start = 0; start < months.length; start += CLIENTS_PER_BATCH) {
    const some = months.slice(start, start + CLIENTS_PER_BATCH)
    const begun = await beginBatch(news, some)
    taken.push(...begun.taken)
    overtaken.push(...begun.overtaken)
    news.onTold(some.length - begun.overtaken.length)
  }
  return { taken, overtaken }
}

async function beginBatch(news: MonthNews, months: readonly RecordedMonth[]) {
  const { store } = news
  const clientIds = months.map(month => month.clientId)
  for (let attempt = 1; attempt <= BATCH_TRIES_MAX; attempt += 1) {
    // The number first: what is read after it is at least as new.
    const batch = (await readNewestBatch(store)) + 1
    const dialogues = await readDialogues(store, clientIds)
    const isNew = ({ clientId }: RecordedMonth) => dialogues.get(clientId)?.sequence === 0
    const steps = months
      .filter(isNew)
      .flatMap(month => nextStep(news, emptyDialogue(month.clientId), month) ?? [])
    if (steps.length === 0 || (await appendBatch(store, steps, batch))) {
      return { taken: steps.map(toPlanned), overtaken: months.filter(month => !isNew(month)) }
    }
  }
  throw overtakenError(`dialogue cases for ${news.period.month}`, BATCH_TRIES_MAX, news)
}

async function readNewestBatch(store: Store): Promise<number> {
  const [row] = await store.query(
    'SELECT max(batch) AS newest FROM dialogue_step',
    shapeOf({ newest: safeCount }),
  )
  return row?.newest ?? 0
}

/** True when these steps are the batch. */
async function appendBatch(store: Store, steps: readonly CaseStep[], batch: number): Promise<boolean> {
  const attemptId = randomUUID()
  const sql = 'SELECT attempt_id FROM dialogue_step WHERE batch = {batch:UInt32} LIMIT 1'
  const held = await putIfAbsent({
    store,
    table: dialogueStep,
    values: steps.map(step => toStepRow(step, batch, attemptId)),
    key: `batch ${batch}`,
    isOurs: held => held === attemptId,
    async read() {
      const [holder] = await store.query(sql, select(dialogueStep, 'attemptId').shape, { batch })
      return holder?.attemptId ?? null
    },
  })
  return held === attemptId
}

/** Steps in dialogues that have begun: each after those there are, and planned anew when another came first. */
export async function continueDialogues(
  news: MonthNews,
  dialogues: ReadonlyMap<string, Dialogue>,
  months: readonly RecordedMonth[],
): Promise<readonly PlannedStep[]> {
  const taken: PlannedStep[] = []
  for (let start = 0; start < months.length; start += CLIENTS_AT_ONCE) {
    const some = months.slice(start, start + CLIENTS_AT_ONCE)
    const outcomes = await Promise.allSettled(
      some.map(month => tell(news, dialogues.get(month.clientId), month)),
    )
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason
      if (outcome.value !== null) taken.push(outcome.value)
    }
    news.onTold(some.length)
  }
  return taken
}

/** What was told; null when another close has told it meanwhile. */
async function tell(
  news: MonthNews,
  known: Dialogue | undefined,
  month: RecordedMonth,
): Promise<PlannedStep | null> {
  let dialogue = known === undefined || known.sequence === 0 ? null : known
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    dialogue ??= await readDialogue(news.store, month.clientId)
    const step = nextStep(news, dialogue, month)
    if (step === null) return null
    if (await appendStep(news.store, step)) return toPlanned(step)
    dialogue = null
  }
  throw overtakenError(`the dialogue with ${month.clientId}`, TRIES_MAX, news)
}

type CloseStep = Extract<CaseStep, { kind: PlannedStep['kind'] }>

/** Null where the dialogue knows. */
function nextStep(news: MonthNews, dialogue: Dialogue, month: RecordedMonth): CloseStep | null {
  const { clientId, statement, overage } = month
  const planned = planOpening(dialogue, news.period.month, news.revision, overage)
  const evidence = news.evidence.get(clientId)
  if (planned === null || evidence === undefined) return null
  const step: CloseStep = {
    ...planned,
    month: news.period.month,
    clientName: statement?.clientName ?? clientId,
    evidence,
    sequence: dialogue.sequence + 1,
    at: new Date(news.clock()).toISOString(),
    actor: CLOSE,
    note: '',
  }
  const taken = takeStep(dialogue, step)
  if (!taken.ok) throw new Error(`case ${planned.caseId}: ${describeCaseRefusal(taken.refusal)}`)
  return step
}

function toPlanned({ kind, caseId }: CloseStep): PlannedStep {
  return { kind, caseId }
}

function overtakenError(what: string, tries: number, { period }: MonthNews): Error {
  return new Error(`${what}: ${tries} times another step came first; close ${period.month} again`)
}
