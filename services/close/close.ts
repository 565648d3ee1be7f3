import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { Registry } from '@forbruk/schemas/registry/registry.ts'
import { isWithinBound } from '@forbruk/schemas/rejected/waiver-rule.ts'
import type { AnnouncePolicy } from '@forbruk/schemas/statement/announcement.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { type OpenedCases, openCases } from './dialogue/open-cases.ts'
import { readDecisions } from './dialogue/read-decisions.ts'
import { describeSources } from './gate/describe-sources.ts'
import { type Passed, passGate } from './gate/pass-gate.ts'
import { CloseRefusedError, type UnacceptedChange } from './gate/refusal.ts'
import { requireTariffVersion } from './gate/require-tariff-version.ts'
import { findUndecided } from './rating/find-undecided.ts'
import { type RatedMonth, rateMonth } from './rating/rate.ts'
import { ratingTerms } from './rating/rating-terms.ts'
import { summarize } from './rating/summarize.ts'
import { toReconciled } from './reconcile/reconciled.ts'
import { readStoredRegistry } from './registry/read-stored-registry.ts'
import { readWaivers } from './rejected/read-rejected.ts'
import { explainRevision, type RatingInputs } from './revision/explain-revision.ts'
import { hashMonth } from './revision/hash-month.ts'
import { listAsked, listChanges } from './revision/list-changes.ts'
import { listPayerChanges } from './revision/list-payer-changes.ts'
import type { MonthClose } from './revision/month-close.ts'
import { nameDifference } from './revision/name-difference.ts'
import { type Revision, readLatestRevision } from './revision/read-revision.ts'
import { type RecordedClose, recordClose } from './revision/record.ts'
import { findUnannounceable } from './statements/find-unannounceable.ts'
import { describeCounting } from './usage/describe-counting.ts'
import { readUsage } from './usage/read-usage.ts'
import { sumUsage } from './usage/usage.ts'
import { verifyBefore } from './verify/verify-before.ts'

export type CloseOptions = {
  readonly store: Store
  readonly log: EventLog
  readonly tariff: Tariff
  readonly period: BillingPeriod
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Closes an incomplete month all the same; the reason is recorded with what was lacking. */
  readonly force?: { readonly reason: string } | undefined
  /** Through which differences a closed month may change, beside late events and decisions: see `nameDifference`. */
  readonly accept?: readonly string[] | undefined
  /** When its statements may be announced; at once without it. */
  readonly announce?: AnnouncePolicy | undefined
  /** Does everything but record. */
  readonly dryRun?: boolean | undefined
  readonly onProgress?: ((step: CloseStep, done: number, total: number) => void) | undefined
}

export { CloseRefusedError }

/** `explain`: against the revision before, where there is one with other content. */
export type CloseStep = 'gate' | 'read' | 'rate' | 'explain' | 'record' | 'open_cases'

/** Plain JSON, as a whole. */
export type CloseResult = MonthClose & {
  /** `revised`: it was closed before with other content; `unchanged`: with the same. */
  readonly outcome: 'closed' | 'revised' | 'unchanged' | 'dry_run'
  /** Null in a dry run. */
  readonly revision: number | null
  /** When the revision was recorded; null in a dry run. */
  readonly closedAtMs: number | null
  /** The revision that `adjustments` and `changes` are against; null in a first one. */
  readonly previousRevision: number | null
  /** Differences of a closed month that nobody has accepted; only in a dry run, else it is refused. */
  readonly unaccepted: readonly string[]
  /** What came into dialogue cases; null in a dry run. */
  readonly cases: OpenedCases | null
}

/** Whoever has more of them has given each client the same. */
const TOO_LARGE_NAMED_MAX = 20
/** So often may others close the month while this close is at it. */
const TRIES_MAX = 5

/**
 * Closes a month: its usage, by the registry, the tariff and the dialogue's decisions, becomes statements, once and for
 * all. Closed again with other content it becomes the next revision, with the difference explained.
 *
 * Throws CloseRefusedError for an incomplete month (`force` overrides that, except while the month still runs), a
 * missing registry or tariff, use of which the tariff doesn't say what it is, figures that the ledger doesn't vouch
 * for, when others keep closing the month, where the store has lost or changed what it builds on, and where a closed
 * month would change through registry, tariff or rules that `accept` doesn't name; StoreError, StoreUnavailableError
 * and EventLogError as they come. After any of them the same call can be made again: it does what is still to be done.
 */
export async function closeMonth(options: CloseOptions): Promise<CloseResult> {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt++) {
    const result = await tryToClose(options)
    // Its inputs may be older than those of the close that came first: they are read anew.
    if (result !== 'overtaken') return result
  }
  throw new CloseRefusedError(options.period.month, [{ kind: 'closed_meanwhile', tries: TRIES_MAX }])
}

async function tryToClose(options: CloseOptions): Promise<CloseResult | 'overtaken'> {
  const { store, tariff, period, clock, dryRun = false, onProgress = () => {} } = options
  const version = requireTariffVersion(tariff, period)
  // Before any input, so that a close that comes in between is noticed: this one then has no older inputs than it.
  const previous = await readLatestRevision(store, period.month)
  await verifyBefore(store, period.month, previous?.closeId ?? null)
  const read = await readMonth(options)

  onProgress('rate', 0, 1)
  const rating = ratingTerms(tariff, version)
  const inputs: RatingInputs = {
    usage: read.usage,
    registry: read.registry,
    tariff: { hash: hashContent(rating), version },
    decisions: read.decisions,
    period,
  }
  const { registry } = read.registry
  const rated = rateMonth(inputs.usage, registry, version, period, inputs.decisions)
  const undecided = findUndecided(rated.exceptions)
  if (undecided.length > 0) throw new CloseRefusedError(period.month, undecided)
  const contentHash = hashMonth(rated, rating, read.forced?.reason ?? null)
  const isSame = previous?.contentHash === contentHash
  const revised =
    previous === null || isSame ? null : await explain(options, previous, inputs, rated, read.forced)
  const tooLarge = isSame ? [] : findUnannounceable(rated.statements, revised?.adjustments ?? [])
  if (tooLarge.length > 0) throw new CloseRefusedError(period.month, tooLarge.slice(0, TOO_LARGE_NAMED_MAX))
  const close: MonthClose = {
    ...rated,
    contentHash,
    stream: options.log.topic,
    cut: read.cut,
    registryImportId: read.registry.importId,
    tariff: {
      ...inputs.tariff,
      definitions: [
        ...describeTariff(tariff, version),
        ...describeCounting(read.foldVersionMin),
        ...describeSources(read.facts),
      ],
    },
    decisions: [...inputs.decisions].flatMap(([clientId, ofClient]) =>
      ofClient.map(decided => ({ clientId, ...decided })),
    ),
    counted: toCounted(inputs),
    summary: summarize(rated, registry),
    ...toEvidence(read),
    announce: options.announce ?? 'immediately',
    adjustments: revised?.adjustments ?? [],
    changes: revised?.changes ?? [],
  }
  const previousRevision = previous?.revision ?? null
  const unaccepted = (revised?.unaccepted ?? []).map(({ name }) => name)
  const dry = { outcome: 'dry_run', revision: null, closedAtMs: null, cases: null } as const
  if (dryRun) return { ...close, ...dry, previousRevision, unaccepted }
  if (revised !== null && unaccepted.length > 0) throw new CloseRefusedError(period.month, revised.unaccepted)
  if (previous !== null && isSame) {
    const latest = await readLatestRevision(store, period.month)
    if (latest?.revision !== previous.revision) return 'overtaken'
    // The close that recorded it may have ended before it had opened all cases.
    const cases = await openMonthCases(options, registry, rated, previous.revision)
    return { ...close, ...toRecorded(previous), outcome: 'unchanged', previousRevision, unaccepted, cases }
  }
  onProgress('record', 0, 1)
  const recorded = await recordClose(store, close, previous, clock(), (done, total) =>
    onProgress('record', done, total),
  )
  if (recorded === 'overtaken') return recorded
  const cases = await openMonthCases(options, registry, rated, recorded.revision)
  const outcome = previous === null ? 'closed' : 'revised'
  return { ...close, ...toRecorded(recorded), outcome, previousRevision, unaccepted, cases }
}

/** Everything that enters a close, and what may stand in its way. */
async function readMonth(options: CloseOptions) {
  const { store, log, tariff, period, clock, force, dryRun = false, onProgress = () => {} } = options
  const { month } = period
  const range = periodRange(period, tariff.timeZone)
  onProgress('gate', 0, 1)
  const { facts, forced }: Passed = await passGate({ store, log, month, range, clock, force, dryRun })
  const registry = await readWholeRegistry(store, period.month)
  if (registry === null) throw new CloseRefusedError(period.month, [{ kind: 'registry_missing' }])

  onProgress('read', 0, 1)
  const { usage, cut, foldVersionMin } = await readUsage(store, log.topic, period.month, range)
  const isWaived = facts.rejected.some(({ waived, ruled }) => waived > ruled)
  const waivers = isWaived ? await readWaivers(store, log.topic, range) : []
  const decisions = await readDecisions(store, month)
  return { usage, cut, foldVersionMin, waivers, facts, forced, registry, decisions }
}

/** Its rows are not those that were imported, or can't be read. */
const REGISTRY_DAMAGED = ['REGISTRY_CHANGED', 'UNEXPECTED_ROW']

async function readWholeRegistry(store: Store, month: string) {
  try {
    return await readStoredRegistry(store, month)
  } catch (error) {
    if (!(error instanceof StoreError) || !REGISTRY_DAMAGED.includes(error.code)) throw error
    const message = `${error.message}; restore it from a back-up`
    const finding = {
      check: 'registry_equals_import',
      place: 'the registry',
      message,
    } as const
    throw new CloseRefusedError(month, [{ kind: 'store_damaged', findings: [finding] }])
  }
}

async function explain(
  { store, accept = [], onProgress = () => {} }: CloseOptions,
  previous: Revision,
  inputs: RatingInputs,
  rated: RatedMonth,
  forced: MonthClose['forced'],
) {
  onProgress('explain', 0, 1)
  const explained = await explainRevision(store, previous, inputs, rated)
  const changes = listChanges(previous, inputs, { ...explained, forcedReason: forced?.reason ?? null })
  const { adjustments } = explained
  const payers = listPayerChanges(adjustments)
  const asked = listAsked(changes, explained).map((change): UnacceptedChange => {
    const name = nameDifference(previous, change, adjustments)
    const ofCause = payers.filter(each => each.cause === change.cause)
    return { ...change, kind: 'change_unaccepted', name, revision: previous.revision, payers: ofCause }
  })
  return { adjustments, changes, unaccepted: asked.filter(({ name }) => !accept.includes(name)) }
}

async function openMonthCases(
  { store, log, tariff, period, clock, onProgress = () => {} }: CloseOptions,
  registry: Registry,
  { statements }: RatedMonth,
  revision: number,
): Promise<OpenedCases> {
  onProgress('open_cases', 0, 1)
  const version = requireTariffVersion(tariff, period)
  const month = { period, timeZone: tariff.timeZone, version, registry, revision, statements }
  return openCases({ store, stream: log.topic, ...month, clock }, (done, total) =>
    onProgress('open_cases', done, total),
  )
}

/** What a person can look into: no figure rests on it. */
function toEvidence({ facts, waivers, forced }: Awaited<ReturnType<typeof readMonth>>) {
  return {
    rejected: facts.rejected,
    waivers,
    ruled: facts.ruled.filter(isWithinBound),
    sources: facts.sources,
    reconciled: facts.reconciled.map(toReconciled),
    forced,
  }
}

function toCounted({ usage }: RatingInputs): MonthClose['counted'] {
  const { requests, requestBytes, responseBytes } = sumUsage(usage)
  return { requests: requests.toString(), bytes: (requestBytes + responseBytes).toString() }
}

function toRecorded({ revision, contentHash, closedAtMs }: RecordedClose): RecordedClose {
  return { revision, contentHash, closedAtMs }
}
