import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { periodAt, periodBefore } from '@forbruk/schemas/period/billing-period.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeOneClientRegistry } from '../support/close/one-client-registry.ts'
import { forbruk, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** Months that nobody can know anything of, though the registry has had clients in them for years. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-unfounded-'))
const settings = { FORBRUK_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' }
const thisMonth = periodAt(Date.now(), 'Europe/Oslo')
const lastMonth = periodBefore(thisMonth).month
const yearBefore = `${Number(thisMonth.month.slice(0, 4)) - 1}-10`

beforeAll(async () => {
  writeOneClientRegistry(folder)
  await forbruk(['registry', 'import', folder], settings)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function expectRefused(month: string, kind: string, force: boolean, of = settings): Promise<void> {
  const options = force ? ['--force', '--reason', 'it will do'] : []
  const { code, stdout } = await runForbruk(['close', month, '--json', ...options], of)
  expect({ code, kinds: JSON.parse(stdout).refusals.map((each: { kind: string }) => each.kind) }).toEqual({
    code: 3,
    kinds: [kind],
  })
}

test.each([false, true])('on an empty log no month is closed (forced: %s)', async force => {
  for (const month of [lastMonth, yearBefore, '2020-01']) await expectRefused(month, 'nothing_counted', force)
})

describe('with one line of 2001 by nobody known, and one of today', () => {
  beforeAll(async () => {
    const line = (time: string, client: string) =>
      JSON.stringify({
        ...{ msec: `${Date.parse(time) / 1000}`, client_id: client, integration_id: 'shop' },
        ...{ status: '200', request_length: 40, bytes_sent: 60 },
      })
    const today = new Date(Date.now() - 60_000).toISOString()
    const path = join(folder, 'access.log')
    writeFileSync(path, `${line('2001-01-01T00:00:00Z', 'nobody-knows')}\n${line(today, 'firm')}\n`)
    await forbruk(['ship', '--format', 'nginx-json', '--source', 'gw', path], settings)
    await forbruk(['aggregate', '--until-caught-up'], settings)
  })

  test.each([
    ['by itself', {}],
    ['nor from a month before the log took its first record', { FORBRUK_CLOSE_FROM: lastMonth }],
  ])('`forbruk up` closes nothing, %s', async (_what, from) => {
    const up = startForbruk(['up'], {
      ...settings,
      ...from,
      FORBRUK_CLOSE_SCHEDULE: '* * * * *',
      LOG_LEVEL: 'debug',
    })
    await up.saying('"msg":"what is due"')
    expect((await up.stop()).stderr).toContain('"closes":[],"announcements":[],"msg":"what is due"')
    expect(
      await forbruk(['sql', 'SELECT count() FROM month_closes', '--format', 'TabSeparated'], settings),
    ).toBe('0\n')
  })

  test('a first month from before the log is told in status', async () => {
    const status = await forbruk(['status'], { ...settings, FORBRUK_CLOSE_FROM: lastMonth })
    expect(status).toContain(
      `FORBRUK_CLOSE_FROM names ${lastMonth}, which ended before the log's first record: ` +
        "the schedule doesn't begin with it",
    )
    expect(await forbruk(['status'], settings)).not.toContain('waits for somebody')
  })

  test.each([false, true])('nor is a month closed by command that ended before (forced: %s)', async force => {
    for (const month of [lastMonth, yearBefore, '2020-01'])
      await expectRefused(month, 'month_before_counting', force)
  })

  test('on another topic, nothing was counted', async () => {
    const elsewhere = { ...settings, KAFKA_TOPIC: 'gateway.request' }
    await expectRefused(lastMonth, 'nothing_counted', true, elsewhere)
  })
})
