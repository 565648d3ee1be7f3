import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { believeAnyTime, forbruk, runForbruk } from '../support/process/run-forbruk.ts'

/** The recorded month of two gateways, through the commands that a user types, on real parts. */
const demo = fileURLToPath(new URL('../../demo/', import.meta.url))
const logs = ['gateway-1', 'gateway-2'].map(source => ({
  source,
  file: join(demo, `${source}.access.log.gz`),
}))
const LINES = 303_041
const WITHOUT_CLIENT = 40

const kafkaBrokers = inject('kafkaBrokers')
const eventLogs = kafkaBrokers === null ? (['embedded'] as const) : (['embedded', 'kafka'] as const)

function countIndependently(): string {
  const script = fileURLToPath(new URL('count-independently.sh', import.meta.url))
  return execFileSync('sh', [script, ...logs.map(log => log.file)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
}

const COUNTED = `
  SELECT client_id, integration_id, toUnixTimestamp(hour), substring(toString(status_class), 1, 1),
         requests, request_bytes, response_bytes
  FROM usage_hourly`

describe.each(eventLogs)('the recorded month on the %s event log', eventLog => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-month-'))
  const settings = {
    FORBRUK_DATA_DIR: folder,
    FORBRUK_TARIFF: join(demo, 'tariff.json'),
    LOG_LEVEL: 'warn',
    ...(eventLog === 'kafka' && kafkaBrokers !== null
      ? {
          KAFKA_BROKERS: kafkaBrokers.join(','),
          KAFKA_TOPIC: `gateway.requests.${process.pid}`,
          KAFKA_PARTITIONS: '4',
        }
      : {}),
  }
  const expected = countIndependently()

  async function ship(): Promise<void> {
    for (const { source, file } of logs) {
      await forbruk(['ship', '--format', 'nginx-json', '--source', source, file], settings)
    }
  }
  const aggregate = () => forbruk(['aggregate', '--until-caught-up'], settings)
  const query = (sql: string) => forbruk(['sql', sql, '--format', 'TabSeparated'], settings)
  const counted = async () => `${(await query(COUNTED)).trim().split('\n').sort(byBytes).join('\n')}\n`
  const audit = async (...options: string[]) =>
    JSON.parse((await runForbruk(['audit', '--json', ...options], settings)).stdout)

  beforeAll(async () => {
    await believeAnyTime(settings)
    await forbruk(['registry', 'import', join(demo, 'registry')], settings)
    await ship()
    await aggregate()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is counted like gzip and awk count it, to the byte', async () => {
    expect(expected.split('\n').length).toBeGreaterThan(30_000)
    expect(await counted()).toBe(expected)
  })

  test('is proved: every record counted, duplicate or rejected, and a replay gives the same', async () => {
    const report = await audit('--replay')
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({
      requests: String(LINES - WITHOUT_CLIENT),
      rejected: String(WITHOUT_CLIENT),
    })
    expect(report.duplicates).toBe('0')
    expect(report.blocksReplayed).toBe(report.blocks)
  })

  test('keeps what could not be counted, with its reason and origin', async () => {
    expect(await query('SELECT reason, count() FROM rejected_events GROUP BY reason')).toBe(
      `client_missing\t${WITHOUT_CLIENT}\n`,
    )
  })

  test('is refused while rejected events are neither mended nor waived', async () => {
    const { code, stdout, stderr } = await runForbruk(['close', '2026-10'], settings)
    expect(code).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      /40 rejected events of the month \(client_missing, such as \d+:\d+\) are neither mended nor waived/,
    )
    const refused = await runForbruk(['close', '2026-10', '--json'], settings)
    expect(refused.code).toBe(3)
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: 'refused',
      refusals: [{ kind: 'rejected_open', events: 40 }],
    })
    await forbruk(
      [
        'rejected',
        'waive',
        '--reason-code',
        'client_missing',
        '--month',
        '2026-10',
        '--reason',
        'answered with 401',
      ],
      settings,
    )
  })

  test('is closed with the overage that the allowances give, to the øre', async () => {
    await forbruk(['close', '2026-10'], settings)
    const lines = await query(`
      SELECT client_id, payer_id, item, quantity, amount_nok, status FROM statement_lines
      WHERE month = '2026-10' AND item IN ('overage_requests', 'overage_transfer') ORDER BY client_id`)
    expect(lines.trim().split('\n')).toEqual([
      // 740 601 986 bytes are 140.601986 MB above 0.6 GB; billed through the bureau.
      'bautadal-bygg\thavblikk-regnskap\toverage_transfer\t140.601986\t2.39\tproposed',
      'kornblomst-kaffe\tkornblomst-kaffe\toverage_requests\t1\t0.02\tproposed',
      'skarvik-ror\tskarvik-ror\toverage_requests\t8068\t137.16\tproposed',
      'tangvall-netthandel\ttangvall-netthandel\toverage_requests\t12705\t215.99\tproposed',
    ])
  })

  test('closed again is the same revision', async () => {
    const before = await query('SELECT client_id, revision, content_hash FROM statements ORDER BY client_id')
    const { code, stdout } = await runForbruk(['close', '2026-10', '--json'], settings)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unchanged', revision: 1 })
    expect(await query('SELECT client_id, revision, content_hash FROM statements ORDER BY client_id')).toBe(
      before,
    )
  })

  test('shipped again, with and without the saved position, changes no figure', async () => {
    const records = await query('SELECT sum(records) FROM ingest_progress')
    await ship()
    await aggregate()
    const unchanged = await query('SELECT sum(requests), sum(duplicates) FROM ingest_progress')
    expect(unchanged).toBe(`${LINES - WITHOUT_CLIENT}\t0\n`)

    rmSync(join(folder, 'shipper'), { recursive: true })
    await ship()
    await aggregate()
    expect(Number(await query('SELECT sum(records) FROM ingest_progress'))).toBeGreaterThanOrEqual(
      Number(records) + LINES,
    )
    expect(await query('SELECT sum(requests), sum(duplicates) FROM ingest_progress')).toBe(
      `${LINES - WITHOUT_CLIENT}\t${LINES}\n`,
    )
    expect(await counted()).toBe(expected)
    expect((await audit()).findings).toEqual([])
  })

  test('counted again from nothing gives the same figures', async () => {
    rmSync(join(folder, 'store'), { recursive: true })
    await aggregate()
    expect(await counted()).toBe(expected)
    expect((await audit('--replay')).findings).toEqual([])
  })
})

/** As `LC_ALL=C sort` does. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
