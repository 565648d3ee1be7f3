import type { Store } from '@forbruk/infra/store/store.ts'
import { z } from 'zod'
import type { Route } from './routes.ts'

/** In milliseconds. */
type Times = {
  readonly p50: number
  readonly p95: number
  readonly slowest: number
  /** Counted from 1, without the one that is not counted: at the same one each time it has a cause. */
  readonly slowestRound: number
}
export type Answered = {
  readonly months: number
  readonly route: Route
  readonly ours: Times
  readonly plain: Times | null
}

const usageShape = z.object({ rows: z.array(z.object({ requests: z.string() })) })

/** In turn, so that a busy moment meets both. The first round is not counted. */
export async function ask(
  { url, plain, months, rounds }: { url: string; plain: Store; months: number; rounds: number },
  route: Route,
): Promise<Answered> {
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const answer = await time(() => askRoute(url, route))
    const peer = await time(() => askPlain(plain, route))
    if (route.isCompared && answer.value !== peer.value)
      throw new Error(`${route.path}: ${answer.value} requests here, ${peer.value} in the plain table`)
    if (round === 0) continue
    ours.push(answer.ms)
    theirs.push(peer.ms)
  }
  return { months, route, ours: quantiles(ours), plain: route.plain.length === 0 ? null : quantiles(theirs) }
}

async function time<Value>(run: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const startedMs = performance.now()
  const value = await run()
  return { value, ms: performance.now() - startedMs }
}

async function askRoute(url: string, { path, body, isCompared = false }: Route): Promise<string> {
  const answer = await fetch(`${url}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`)
  return isCompared ? addUp(usageShape.parse(JSON.parse(text)).rows.map(row => row.requests)) : ''
}

async function askPlain(store: Store, { plain }: Route): Promise<string> {
  let answer = ''
  for (const sql of plain) answer = await store.queryText(sql, 'TSV')
  // A name and the sums, of which requests come first.
  return addUp([...answer.matchAll(/^[^\t]*\t(\d+)/gm)].map(([, requests = '0']) => requests))
}

function addUp(counts: readonly string[]): string {
  return String(counts.reduce((sum, count) => sum + BigInt(count), 0n))
}

function quantiles(times: readonly number[]): Times {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  const slowest = sorted.at(-1) ?? 0
  return { p50: at(0.5), p95: at(0.95), slowest, slowestRound: times.indexOf(slowest) + 1 }
}
