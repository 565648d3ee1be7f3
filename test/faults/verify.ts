import { readRecognised } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { z } from 'zod'
import { runForbruk } from '../support/process/run-forbruk.ts'
import { compareUsage } from './compare-usage.ts'
import { countLog, type Oracle, type Totals } from './oracle.ts'

export type Verdict = {
  readonly totals: readonly { what: string; counted: number; expected: number }[]
  /** Copies that were recognised when they were counted already. */
  readonly settled: number
  readonly takenTwice: number
  readonly failures: readonly string[]
}

const DIFFERENCES_MAX = 10
const usageShape = z.object({
  client_id: z.string(),
  integration_id: z.string(),
  hour: z.number(),
  status_class: z.number(),
  requests: safeCount.read,
  request_bytes: safeCount.read,
  response_bytes: safeCount.read,
})
const progressShape = z.object({
  records: safeCount.read,
  requests: safeCount.read,
  duplicates: safeCount.read,
  rejected: safeCount.read,
  marks: safeCount.read,
})
const auditShape = z.object({
  findings: z.array(z.unknown()),
  blocks: z.number(),
  blocksReplayed: z.number(),
})

/** Holds what is stored against what was sent, figure by figure, and lets the audit fold the log again. */
export async function verify(
  log: EventLog,
  store: Store,
  oracle: Oracle,
  settings: Record<string, string>,
): Promise<Verdict> {
  const inLog = await countLog(log)
  const expected = oracle.expect(inLog)
  const [counted] = await store.query(
    `SELECT sum(records) AS records, sum(requests) AS requests, sum(duplicates) AS duplicates,
            sum(rejected) AS rejected, sum(marks) AS marks
     FROM ingest_progress WHERE stream = {stream:String}`,
    progressShape,
    { stream: log.topic },
  )
  const usage = await readUsage(store)
  const differing = compareUsage(usage, oracle.usage)
  const recognised = await readRecognised(store, log.topic)
  const settled = Number(recognised.copies)
  const takenTwice = inLog.records - inLog.words - oracle.sent
  const rejectedRows = await store.query(
    'SELECT sum(events) AS rejected FROM rejected_events WHERE stream = {stream:String}',
    progressShape.pick({ rejected: true }),
    { stream: log.topic },
  )
  const totals = [
    ...(['records', 'rejected', 'marks'] as const).map(what => ({
      what,
      counted: counted?.[what] ?? 0,
      expected: expected[what],
    })),
    { what: 'requests', counted: (counted?.requests ?? 0) - settled, expected: expected.requests },
    { what: 'copies', counted: (counted?.duplicates ?? 0) + settled, expected: expected.copies },
    { what: 'rejected, kept', counted: rejectedRows[0]?.rejected ?? 0, expected: expected.rejected },
    { what: 'ids not compared', counted: Number(recognised.unknown), expected: 0 },
    { what: 'offsets not settled', counted: recognised.offsetsBehind, expected: 0 },
    {
      what: 'requests, in figures',
      counted: sum(usage, 'requests'),
      expected: sum(oracle.usage, 'requests'),
    },
    {
      what: 'request bytes',
      counted: sum(usage, 'requestBytes'),
      expected: sum(oracle.usage, 'requestBytes'),
    },
    {
      what: 'response bytes',
      counted: sum(usage, 'responseBytes'),
      expected: sum(oracle.usage, 'responseBytes'),
    },
    { what: 'figures', counted: usage.size, expected: oracle.usage.size },
  ]
  return {
    totals,
    settled,
    takenTwice,
    failures: [
      ...(settled < oracle.repeated
        ? [`${settled} copies were settled, and of ${oracle.repeated} no fold could know`]
        : []),
      ...totals.filter(row => row.counted !== row.expected).map(row => `total of ${row.what} differs`),
      ...differing.slice(0, DIFFERENCES_MAX),
      ...(differing.length > DIFFERENCES_MAX ? [`${differing.length} figures differ`] : []),
      ...(takenTwice < 0 ? [`Kafka lost ${-takenTwice} acknowledged records`] : []),
      ...(await audit(settings)),
    ],
  }
}

async function readUsage(store: Store): Promise<Map<string, Totals>> {
  const rows = await store.query(
    `SELECT client_id, integration_id, intDiv(toUnixTimestamp(hour), 3600) AS hour,
            toInt8(status_class) AS status_class, requests, request_bytes, response_bytes
     FROM usage_hourly`,
    usageShape,
  )
  return new Map(
    rows.map(row => [
      [row.client_id, row.integration_id, row.hour, row.status_class].join('\n'),
      { requests: row.requests, requestBytes: row.request_bytes, responseBytes: row.response_bytes },
    ]),
  )
}

function sum(usage: ReadonlyMap<string, Totals>, what: keyof Totals): number {
  let total = 0
  for (const totals of usage.values()) total += totals[what]
  return total
}

async function audit(settings: Record<string, string>): Promise<string[]> {
  const { code, stdout, stderr } = await runForbruk(['audit', '--replay', '--json'], settings)
  const parsed = auditShape.safeParse(readJson(stdout))
  if (!parsed.success) return [`forbruk audit exited with ${code}: ${stderr.trim() || stdout.slice(0, 500)}`]
  const { findings, blocks, blocksReplayed } = parsed.data
  return [
    ...findings.slice(0, DIFFERENCES_MAX).map(finding => `audit: ${JSON.stringify(finding)}`),
    ...(code === 0 ? [] : [`forbruk audit exited with ${code}`]),
    ...(blocks > 0 && blocks === blocksReplayed
      ? []
      : [`audit replayed ${blocksReplayed} of ${blocks} blocks`]),
  ]
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
