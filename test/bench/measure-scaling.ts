import { randomUUID } from 'node:crypto'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { z } from 'zod'
import { CountingWatch, forbrukSettings, MAIN, NODE_FLAGS } from './count-forbruk.ts'
import type { Input } from './fill-topics.ts'
import { timeoutFor } from './measurement.ts'
import { runMeasured } from './run-process.ts'

/** One run for each number of processes. */
export type Scaling = readonly { readonly processes: number; readonly eventsPerSecond: number }[]

type StoreServer = { readonly url: string; readonly user: string; readonly password: string }

/** One process, then two that share the partitions, each time into a database of its own on the server. */
export async function measureScaling(
  brokers: readonly string[],
  input: Input,
  server: StoreServer,
): Promise<Scaling> {
  const results: { processes: number; eventsPerSecond: number }[] = []
  for (const processes of [1, 2]) {
    const countingMs = await countOnServer(brokers, input, processes, server)
    results.push({ processes, eventsPerSecond: (input.events / countingMs) * 1_000 })
  }
  return results
}

/** From the first assignment of partitions in any process until the last row is written. */
async function countOnServer(
  brokers: readonly string[],
  input: Input,
  processes: number,
  server: StoreServer,
): Promise<number> {
  const database = `forbruk_bench_${randomUUID().slice(0, 8)}`
  const store = await openStore({ kind: 'server', ...server, database })
  try {
    await migrate(store, MIGRATIONS, Date.now)
    const env = {
      ...forbrukSettings(brokers, input.topic, ''),
      CLICKHOUSE_URL: server.url,
      CLICKHOUSE_USER: server.user,
      CLICKHOUSE_PASSWORD: server.password,
      CLICKHOUSE_DATABASE: database,
    }
    const watch = new CountingWatch()
    const command = {
      command: process.execPath,
      args: [...NODE_FLAGS, MAIN, 'aggregate', '--until-caught-up'],
      env,
      timeoutMs: timeoutFor(input.events),
      onLine: watch.onLine,
    }
    await Promise.all(Array.from({ length: processes }, () => runMeasured(command)))
    await checkRequests(store, input.totalsOfAdmitted.requests)
    return watch.countingMs()
  } finally {
    await store.command(`DROP DATABASE ${database}`)
    await store.close()
  }
}

const requestsShape = z.object({ requests: safeCount.read })

/** Two that share a topic are no faster for counting it twice, or in part. */
async function checkRequests(store: Store, expected: number): Promise<void> {
  const [total] = await store.query('SELECT sum(requests) AS requests FROM usage_hourly', requestsShape)
  if (total?.requests === expected) return
  throw new Error(`MISCOUNT: usage_hourly has ${total?.requests} requests, the generator made ${expected}`)
}
