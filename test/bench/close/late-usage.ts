/** One client of a filled data folder did more, and the block's ledger row says so too: `node late-usage.ts FOLDER`. */
import { join } from 'node:path'
import { openStore } from '@forbruk/infra/store/open-store.ts'

const [folder = ''] = process.argv.slice(2)
const store = await openStore({ kind: 'embedded', path: join(folder, 'store'), database: 'forbruk' })
const ROW = "client_id = 'client-000007' ORDER BY hour, integration_id LIMIT 1"
await store.command(`
INSERT INTO block_ledger
SELECT * REPLACE (requests + 1000 AS requests, events + 1000 AS events)
FROM block_ledger FINAL
WHERE (stream, partition, block) IN (SELECT stream, partition, block FROM usage_rollup WHERE ${ROW})`)
await store.command(
  `INSERT INTO usage_rollup SELECT * REPLACE (requests + 1000 AS requests) FROM usage_rollup FINAL WHERE ${ROW}`,
)
await store.close()
