import type { Store } from './store.ts'
import { type ApiAnswer, apiAnswer } from './tables/api-answer.ts'
import { select, shapeOf, toRow } from './tables/table.ts'

const KEPT_MS = 24 * 3_600_000
const { list, shape } = select(apiAnswer)
const SQL = `
SELECT ${list} FROM api_answer
WHERE key = {key:String} AND answered_at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY answered_at LIMIT 1`

/** What was answered first under a key within a day; null when nothing was. */
export async function findAnswer(store: Store, key: string, nowMs: number): Promise<ApiAnswer | null> {
  const [answer] = await store.query(SQL, shape, { key, since: nowMs - KEPT_MS })
  return answer ?? null
}

/** Beside it, what is so old that nobody finds it is deleted; once in a while, since that writes much anew. */
export async function keepAnswer(store: Store, answer: ApiAnswer): Promise<void> {
  await store.insert(apiAnswer.name, [toRow(apiAnswer, answer)])
  const forgottenMs = answer.answeredAtMs - KEPT_MS
  const [oldest] = await store.query(OLDEST_SQL, oldestShape)
  if (oldest === undefined || oldest.answeredAtMs >= forgottenMs - KEPT_MS) return
  await store.command(`DELETE FROM api_answer WHERE answered_at < fromUnixTimestamp64Milli(${forgottenMs})`)
}

const OLDEST_SQL = 'SELECT answered_at FROM api_answer ORDER BY answered_at LIMIT 1'
const oldestShape = shapeOf({ answeredAtMs: apiAnswer.columns.answeredAtMs })
