import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Input } from './fill-topics.ts'
import { type Measurement, measurementOf, timeoutFor } from './measurement.ts'
import { runMeasured } from './run-process.ts'

const program = fileURLToPath(new URL('peers/clickhouse-engine/count-usage.ts', import.meta.url))

const answerShape = z.object({
  countingMs: z.number(),
  requests: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  cells: z.number(),
})

/** ClickHouse's own Kafka engine with a materialized view, in a process of its own. */
export async function countWithEngine(
  brokers: readonly string[],
  input: Input,
  consumers: number,
  folder: string,
): Promise<Measurement> {
  const finished = await runMeasured({
    command: process.execPath,
    args: [program, brokers.join(','), input.topic, String(input.events), String(consumers), folder],
    timeoutMs: timeoutFor(input.events),
  })
  const { countingMs, ...found } = answerShape.parse(JSON.parse(finished.stdout))
  return measurementOf(finished, input.events, countingMs, { found, expected: input.totalsOfAll })
}
