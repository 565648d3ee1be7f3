/**
 * Closes the month of a filled data folder: `node close-month.ts FOLDER`. Prints JSON: what it came to, and how long
 * each step took.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { closeMonth } from '@forbruk/close/close.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { DEFAULT_TARIFF_URL, readTariff } from '@forbruk/schemas/tariff/read-tariff.ts'

const [folder = ''] = process.argv.slice(2)
const log = openEmbeddedLog({
  path: join(folder, 'log.sqlite'),
  topic: 'gateway.requests',
  partitionCount: 8,
  clock: Date.now,
})
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
const startedMs = performance.now()
const steps: Record<string, number> = {}
let step = { name: 'open', sinceMs: startedMs }
function enter(name: string): void {
  if (name === step.name) return
  const nowMs = performance.now()
  steps[step.name] = Math.round((steps[step.name] ?? 0) + nowMs - step.sinceMs)
  step = { name, sinceMs: nowMs }
}
const { outcome, revision, summary, changes, cases } = await closeMonth({
  store,
  log,
  tariff: readTariff(readFileSync(DEFAULT_TARIFF_URL, 'utf8'), 'default'),
  period: parseBillingPeriod('2026-10'),
  clock: Date.now,
  onProgress: enter,
})
enter('done')
const closeMs = Math.round(performance.now() - startedMs)
process.stdout.write(JSON.stringify({ outcome, revision, closeMs, steps, summary, changes, cases }))
await store.close()
await log.close()
