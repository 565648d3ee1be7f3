import { randomUUID } from 'node:crypto'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { forbrukSettings, MAIN } from './count-forbruk.ts'
import type { Input } from './fill-topics.ts'
import { timeoutFor } from './measurement.ts'
import { runMeasured } from './run-process.ts'

export type Scaling = { readonly processes: number; readonly eventsPerSecond: number }

/** One process, then two that share the partitions, each time into a database of its own on the server. */
export async function measureScaling(
  brokers: readonly string[],
  input: Input,
  env: NodeJS.ProcessEnv,
): Promise<Scaling[]> {
  const results: Scaling[] = []
  for (const processes of [1, 2]) {
    const database = `forbruk_bench_${randomUUID().slice(0, 8)}`
    const elapsedMs = await countOnServer(brokers, input, processes, {
      ...env,
      CLICKHOUSE_DATABASE: database,
    })
    results.push({ processes, eventsPerSecond: (input.events / elapsedMs) * 1_000 })
  }
  return results
}

async function countOnServer(
  brokers: readonly string[],
  input: Input,
  processes: number,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const { CLICKHOUSE_URL: url = '', CLICKHOUSE_DATABASE: database = '' } = env
  const { CLICKHOUSE_USER: user = 'default', CLICKHOUSE_PASSWORD: password = '' } = env
  const store = await openStore({ kind: 'server', url, user, password, database })
  try {
    const settings = {
      ...forbrukSettings(brokers, input.topic, ''),
      CLICKHOUSE_URL: url,
      CLICKHOUSE_DATABASE: database,
    }
    const startedMs = performance.now()
    await Promise.all(
      Array.from({ length: processes }, () =>
        runMeasured({
          command: process.execPath,
          args: [MAIN, 'aggregate', '--until-caught-up'],
          env: settings,
          timeoutMs: timeoutFor(input.events),
        }),
      ),
    )
    return performance.now() - startedMs
  } finally {
    await store.command(`DROP DATABASE ${database}`)
    await store.close()
  }
}
