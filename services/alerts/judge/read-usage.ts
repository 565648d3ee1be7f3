import { readStandings } from '@forbruk/infra/ledger/blocks/progress.ts'
import { readClientsAtPace } from '@forbruk/infra/ledger/usage/clients-at-pace.ts'
import { type ClientUse, readUsesOf } from '@forbruk/infra/ledger/usage/usage.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { paceStartMs } from '@forbruk/schemas/usage/forecast.ts'
import type { Amounts } from './judge-usage.ts'
import type { JudgedPeriod } from './judged-periods.ts'

/** A client's month, and what of it was used since `paceStartMs`. */
type ClientUses = { readonly used: readonly ClientUse[]; readonly usedRecently: readonly ClientUse[] }

/** Per partition of the counted topic, the offset below which everything is counted. */
export type Positions = readonly number[]

export async function readPositions(
  store: Store,
  stream: string,
  partitionCount: number,
): Promise<Positions> {
  const standings = await readStandings(store, stream)
  return Array.from({ length: partitionCount }, (_, partition) => standings.get(partition)?.nextOffset ?? 0)
}

type UsageQuestion = {
  readonly stream: string
  readonly period: JudgedPeriod
  readonly nowMs: number
  readonly allowance: Amounts
  /** Only clients with usage that was written at or past these offsets. */
  readonly changedSince: Positions
}

/**
 * The clients, by id, that may have reached the lowest level or be on their way to it: by all that they used, whether
 * it counts or not, and so never one too few. The store adds up and leaves out; of 100 000 clients few come back.
 */
export function readClientsToJudge(store: Store, question: UsageQuestion): Promise<string[]> {
  const { stream, period, nowMs, allowance, changedSince } = question
  const paceMs = paceStartMs(period.startMs, nowMs)
  return readClientsAtPace(store, {
    stream,
    range: period,
    paceStartMs: paceMs,
    rest: period.isOver ? 0 : (period.endMs - nowMs) / Math.max(1, nowMs - paceMs),
    requestsMin: (Number(allowance.requests) / 2) * ROUNDING,
    bytesMin: (Number(allowance.bytes) / 2) * ROUNDING,
    changedSince,
  })
}

/** Doubles are exact to one in 10^15; a client too many costs nothing. */
const ROUNDING = 0.999999

/** What these clients did in the month, by client id. */
export async function readClientUses(
  store: Store,
  { stream, period, nowMs }: Pick<UsageQuestion, 'stream' | 'period' | 'nowMs'>,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, ClientUses>> {
  const recently = { startMs: paceStartMs(period.startMs, nowMs), endMs: period.endMs }
  // First, so that what is counted in between belongs to the month alone: of it no pace is too high.
  const usedRecently = Map.groupBy(await readUsesOf(store, stream, recently, clientIds), use => use.clientId)
  const used = Map.groupBy(await readUsesOf(store, stream, period, clientIds), use => use.clientId)
  return new Map(
    [...used].map(([clientId, uses]) => [
      clientId,
      { used: uses, usedRecently: usedRecently.get(clientId) ?? [] },
    ]),
  )
}
