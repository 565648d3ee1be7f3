import { type SqlPart, spellClientDays } from '@forbruk/infra/ledger/usage/client-figures.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { count64, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import type { MonthTerms } from './month-terms.ts'
import { clientsNamed } from './spell-metered.ts'

/** What a client did on one day of a month, and what of it counts. */
export type ClientDay = {
  readonly day: string
  readonly requests: bigint
  readonly bytes: bigint
  readonly meteredRequests: bigint
  readonly meteredBytes: bigint
}

const OF_DAY = { requests: count64, bytes: count64, meteredRequests: count64, meteredBytes: count64 }
const dayShape = shapeOf({ clientId: text, day: text, ...OF_DAY })

const NOTHING = { requests: 0n, bytes: 0n, meteredRequests: 0n, meteredBytes: 0n }

/** By client id, each with every day of the month, in order. */
export async function readClientDays(
  { store, stream, terms }: { readonly store: Store; readonly stream: string; readonly terms: MonthTerms },
  metered: SqlPart,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ClientDay[]>> {
  if (clientIds.length === 0) return new Map()
  const { range, timeZone, tariff } = terms
  const question = spellClientDays({
    ...{ stream, range, timeZone, metered },
    bytesCounted: tariff?.definitions.bytesCounted ?? 'request_and_response',
    clients: clientsNamed(clientIds),
  })
  const rows = await store.query(question.sql, dayShape, question.params)
  const byClient = Map.groupBy(rows, row => row.clientId)
  return new Map(clientIds.map(clientId => [clientId, fillDays(terms, byClient.get(clientId) ?? [])]))
}

/** Pure: every day of the month, in order, of those on which there was something. */
export function fillDays({ days }: MonthTerms, used: readonly ClientDay[]): readonly ClientDay[] {
  const byDay = new Map(used.map(each => [each.day, each]))
  return days.map(day => byDay.get(day) ?? { day, ...NOTHING })
}
