import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeMonth } from '@forbruk/close/gate/gate.ts'
import { readGateFacts } from '@forbruk/close/gate/read-gate-facts.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import {
  type BillingPeriod,
  periodAt,
  periodBefore,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { embedded, kafka, openLog } from '../support/log/backends.ts'

const brokers = inject('kafkaBrokers') ?? []
const thisMonth = periodAt(Date.now(), 'Europe/Oslo')
const monthBeforeLast = periodBefore(periodBefore(thisMonth))

describe.skipIf(brokers.length === 0)('a closing machine whose clock is two months ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-clock-'))
  const aheadMs = Date.now() + 62 * 24 * 3_600_000
  let store: Store
  beforeAll(async () => {
    store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
    await migrate(store, MIGRATIONS, Date.now)
  })
  afterAll(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function judge(backend: typeof kafka, period: BillingPeriod): Promise<string[]> {
    const log = await openLog(backend, uniqueTopic('clock'), 2)
    await log.append([{ value: Buffer.from('x'), to: { partition: 1 } }])
    const facts = await readGateFacts(store, log, period.month, periodRange(period, 'Europe/Oslo'))
    return judgeMonth(facts, aheadMs).map(({ kind }) => kind)
  }

  test('closes no month that still runs by what the broker has stamped', async () => {
    expect(await judge(kafka, thisMonth)).toContain('clock_alone')
  })

  test('closes one behind which the broker has stamped a record', async () => {
    expect(await judge(kafka, monthBeforeLast)).not.toContain('clock_alone')
  })

  test('is all there is to ask where log and store are embedded', async () => {
    expect(await judge(embedded, thisMonth)).not.toContain('clock_alone')
  })
})
