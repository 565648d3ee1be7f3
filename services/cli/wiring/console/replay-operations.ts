import { judgeFigure, type StatedUse } from '@forbruk/aggregator/audit/judge-figure.ts'
import { keepPace } from '@forbruk/aggregator/audit/keep-pace.ts'
import { type ReplayedFigure, replayFigure } from '@forbruk/aggregator/audit/replay-figure.ts'
import { findClient } from '@forbruk/close/clients/find-client.ts'
import { readMonthTerms } from '@forbruk/close/clients/month-terms.ts'
import { readClientStatements } from '@forbruk/close/clients/read-client-statements.ts'
import { findRevision } from '@forbruk/close/statements/find-revision.ts'
import type { ReplayOperations } from '@forbruk/console/routes/replay.ts'
import type { Cut } from '@forbruk/infra/ledger/usage/settled-usage.ts'
import { EVERYTHING } from '@forbruk/schemas/access/scope.ts'
import type { PeriodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { ReplayLine } from '@forbruk/schemas/usage/replay-line.ts'
import type { ReadParts } from './read-parts.ts'

const TIME_MAX_MS = 300_000
/** A line of progress no oftener than this. */
const TELL_MS = 250

type Asked = {
  readonly month: string
  readonly clientId: string
  readonly range: PeriodRange
  readonly stated: (StatedUse & { readonly cut: Cut }) | null
  readonly signal: AbortSignal
}

/** A client's figure counted again, one at a time in this process. */
export function createReplayOperations(parts: ReadParts): ReplayOperations {
  const { store, stream, readTariff, clock } = parts
  let isReplaying = false
  return {
    async replayClient(period, clientId, signal) {
      const terms = await readMonthTerms(store, await readTariff(), period)
      const client = await findClient({ store, stream, terms, nowMs: clock(), seen: null }, clientId)
      if (client === null) return null
      const stated = await readStated(parts, period.month, clientId)
      if (isReplaying) return { kind: 'busy' }
      signal.throwIfAborted()
      isReplaying = true
      // Whoever asks aborts it in the end, whatever became of it, also before a line was taken.
      signal.addEventListener('abort', () => {
        isReplaying = false
      })
      const asked = { month: period.month, clientId, range: terms.range, stated, signal }
      return { kind: 'begun', lines: replay(parts, asked) }
    },
  }
}

async function* replay(
  { store, openLog }: ReadParts,
  { month, clientId, range, stated, signal }: Asked,
): AsyncGenerator<ReplayLine> {
  const steps = replayFigure({ store, log: await openLog(), clientId, range, cut: stated?.cut ?? null })
  const now = () => performance.now()
  let progress = { blocksDone: 0, blocksTotal: 0, recordsRead: 0 }
  let toldMs = Number.NEGATIVE_INFINITY
  for await (const paced of keepPace(steps, { clock: now, timeMaxMs: TIME_MAX_MS, signal })) {
    switch (paced.kind) {
      case 'step':
        progress = paced.step
        if (now() - toldMs < TELL_MS) break
        toldMs = now()
        yield { kind: 'progress', ...progress }
        break
      case 'result':
        yield { kind: 'outcome', month, clientId, ...toOutcome(paced.result, stated) }
        break
      case 'overdue':
        yield { kind: 'overdue', ...progress, secondsMax: TIME_MAX_MS / 1_000 }
    }
  }
}

/** As the newest revision says; null where there is none, or none for the client. */
async function readStated({ store, stream, statementsTopic }: ReadParts, month: string, clientId: string) {
  const revision = await findRevision(store, month, null)
  if (revision === null || revision.proof.stream !== stream) return null
  const stated = await readClientStatements(store, clientId, { scope: EVERYTHING, statementsTopic })
  const own = stated.find(each => each.month === month && each.revision === revision.revision)
  if (own === undefined) return null
  const cut = revision.proof.ranges.map(({ partition, nextOffset }) => ({
    partition,
    nextOffset: Number(nextOffset),
  }))
  return { revision: own.revision, requests: BigInt(own.requests), bytes: BigInt(own.bytes), cut }
}

function toOutcome(figure: ReplayedFigure, stated: StatedUse | null) {
  const { outcome, statement } = judgeFigure(figure, stated)
  const { blocksDone, blocksTotal, recordsRead, stream, blocksOfRange, duplicates } = figure
  return {
    ...{ outcome, blocksDone, blocksTotal, recordsRead, stream, blocksOfMonth: blocksOfRange, duplicates },
    log: spell(figure.byLog),
    ledger: spell(figure.byLedger),
    copies: spell(figure.copies),
    statement: statement && {
      revision: statement.revision,
      requests: String(statement.requests),
      bytes: String(statement.bytes),
      logRequests: String(statement.logRequests),
      logBytes: String(statement.logBytes),
    },
    proved: figure.proved.map(({ fingerprint, ...place }) => ({
      ...spellPlace(place),
      fingerprint: String(fingerprint),
    })),
    differences: figure.differences.map(({ detail, ...place }) => ({ ...spellPlace(place), detail })),
    lost: figure.lost.map(({ detail, requests, ...place }) => ({
      ...spellPlace(place),
      detail,
      requests: String(requests),
    })),
  }
}

function spell({ requests, requestBytes, responseBytes }: ReplayedFigure['byLog']) {
  return {
    requests: String(requests),
    requestBytes: String(requestBytes),
    responseBytes: String(responseBytes),
  }
}

type Place = { readonly partition: number; readonly firstOffset: number; readonly nextOffset: number }

function spellPlace({ partition, firstOffset, nextOffset }: Place) {
  return { partition, firstOffset: String(firstOffset), nextOffset: String(nextOffset) }
}
