/**
 * A process that closes October on parts of its own, and may die of it:
 * `node close-process.ts FOLDER prepare | close ACCESS_PRICE [TABLE]`.
 * It is killed once it has sent its first insert into the table and not heard of it. Else it prints the result as JSON.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { DEFAULT_TARIFF_URL, readTariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { z } from 'zod'
import { closeMonth } from '../../../services/close/close.ts'
import { countOctober, GRACE_END_MS, TOPIC } from './counted-month.ts'
import { importFolder } from './import-folder.ts'

const [folder = '', mode = 'close', price = '149', deadlyTable = ''] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const clock = { nowMs: Date.parse('2026-10-15T12:00:00Z') }
const log = openEmbeddedLog({
  path: join(folder, 'log.sqlite'),
  topic: TOPIC,
  partitionCount: 2,
  clock: () => clock.nowMs,
})
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
await migrate(store, MIGRATIONS, () => clock.nowMs)

if (mode === 'prepare') {
  await countOctober({ store, log, folder, clock })
  await importFolder({ store, directory: folder, timeZone: 'Europe/Oslo', clock: () => clock.nowMs })
} else {
  const tariff = readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default')
  const versions = tariff.versions.map(version => ({ ...version, externalAccess: { pricePerMonth: price } }))
  const options = {
    store: dyingAt(store, deadlyTable),
    log,
    tariff: { ...tariff, versions },
    period: parseBillingPeriod('2026-10'),
    clock: () => GRACE_END_MS,
  }
  const { unaccepted } = await closeMonth({ ...options, dryRun: true })
  const { outcome, revision, contentHash } = await closeMonth({ ...options, accept: unaccepted })
  const sql = `
SELECT
    (SELECT count() FROM month_close) AS closes,
    (SELECT groupArray((revision, count)) FROM
      (SELECT revision, count() AS count FROM statement_lines GROUP BY revision ORDER BY revision)) AS lines,
    (SELECT sum(payable_nok) FROM statement_adjustments) AS adjusted`
  const [stored] = await store.query(sql, z.unknown())
  process.stdout.write(JSON.stringify({ outcome, revision, contentHash, stored }))
}
await store.close()
await log.close()

function dyingAt(whole: Store, table: string): Store {
  return {
    ...whole,
    insert(into, rows, options) {
      const answer = whole.insert(into, rows, options)
      if (into === table) setImmediate(() => process.kill(process.pid, 'SIGKILL'))
      return answer
    },
  }
}
