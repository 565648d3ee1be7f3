import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_GEOMETRY } from '@forbruk/aggregator/count/block.ts'
import { insertValues } from '@forbruk/infra/store/insert-values.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { stream } from '@forbruk/infra/store/tables/stream.ts'
import { z } from 'zod'
import { type Input, PARTITIONS } from './fill-topics.ts'
import { type Measurement, measurementOf, timeoutFor } from './measurement.ts'
import { runMeasured } from './run-process.ts'

export const MAIN = fileURLToPath(new URL('../../services/cli/forbruk.mjs', import.meta.url))

/** As the image runs it. */
export const NODE_FLAGS = ['--max-semi-space-size=4']

/** As a user would set them; an empty variable counts as not set. */
export function forbrukSettings(brokers: readonly string[], topic: string, dataFolder: string) {
  return {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC: topic,
    FORBRUK_DATA_DIR: dataFolder,
    CLICKHOUSE_URL: '',
    CLICKHOUSE_DATABASE: '',
    LOG_LEVEL: 'debug',
  }
}

/** `forbruk aggregate --until-caught-up`, with the store in `dataFolder`. */
export async function countWithForbruk(
  brokers: readonly string[],
  input: Input,
  dataFolder: string,
): Promise<Measurement> {
  const env = forbrukSettings(brokers, input.topic, dataFolder)
  const watch = new CountingWatch()
  const finished = await runMeasured({
    command: process.execPath,
    args: [...NODE_FLAGS, MAIN, 'aggregate', '--until-caught-up'],
    env,
    timeoutMs: timeoutFor(input.events),
    onLine: watch.onLine,
  })
  const found = await readTotals(env)
  return measurementOf(finished, input.events, watch.countingMs(), {
    found,
    expected: input.totalsOfAdmitted,
  })
}

/**
 * From the first assignment of partitions, in whichever process, until every row and ledger row is durable and repeated
 * request ids are settled.
 */
export class CountingWatch {
  #assignedMs: number | null = null
  #writtenMs: number | null = null

  readonly onLine = (line: string, timeMs: number): void => {
    if (line.includes('"partition assigned"')) this.#assignedMs ??= timeMs
    if (line.includes('"written, the ledger last"')) this.#writtenMs = timeMs
    if (line.includes('"repeated request ids settled"')) this.#writtenMs = timeMs
  }

  countingMs(): number {
    if (this.#assignedMs !== null && this.#writtenMs !== null) return this.#writtenMs - this.#assignedMs
    throw new Error('forbruk did not say when it began and was done')
  }
}

/** Has the topic counted by the first fold version, which recognises copies within a window alone. */
export async function beginWithFirstVersion({ topic }: Input, dataFolder: string): Promise<void> {
  const store = await openStore({ kind: 'embedded', path: join(dataFolder, 'store'), database: 'forbruk' })
  try {
    await migrate(store, MIGRATIONS, Date.now)
    const { blockSize, windowSize } = DEFAULT_GEOMETRY
    await insertValues(store, stream, [
      { stream: topic, partitionCount: PARTITIONS, foldVersion: 1, blockSize, windowSize },
    ])
  } finally {
    await store.close()
  }
}

const totalsShape = z.object({
  requests: safeCount.read,
  requestBytes: safeCount.read,
  responseBytes: safeCount.read,
  cells: safeCount.read,
})

async function readTotals(env: Readonly<Record<string, string>>) {
  const [row] = await queryForbruk(
    env,
    `SELECT sum(requests) AS requests, sum(request_bytes) AS requestBytes,
            sum(response_bytes) AS responseBytes, count() AS cells
     FROM usage_hourly`,
    totalsShape,
  )
  if (row === undefined) throw new Error('usage_hourly has no total')
  return row
}

const sizeShape = z.object({ rows: safeCount.read, bytes: safeCount.read })
export type StoredSize = z.infer<typeof sizeShape>

/** As the tables lie on disk right after counting, older versions of a row that no merge has dropped yet included. */
export async function readStoredSize(env: Readonly<Record<string, string>>): Promise<StoredSize> {
  const [size] = await queryForbruk(
    env,
    `SELECT sum(total_rows) AS rows, sum(total_bytes) AS bytes FROM system.tables
     WHERE database = currentDatabase() AND total_rows IS NOT NULL`,
    sizeShape,
  )
  if (size === undefined) throw new Error('system.tables has no total')
  return size
}

async function queryForbruk<Row>(
  env: Readonly<Record<string, string>>,
  query: string,
  shape: z.ZodType<Row>,
): Promise<Row[]> {
  const { stdout } = await runMeasured({
    command: process.execPath,
    args: [MAIN, 'sql', '--json', query],
    env: { ...env, LOG_LEVEL: 'warn' },
    timeoutMs: 120_000,
  })
  return stdout
    .trim()
    .split('\n')
    .map(line => shape.parse(JSON.parse(line)))
}
