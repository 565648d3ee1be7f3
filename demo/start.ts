/**
 * The whole way on embedded parts, by the commands a user would type: import the registry, ship the recorded log,
 * count it, close the month, prove it. Running it again changes nothing and says so.
 */
import { spawnSync } from 'node:child_process'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const dataDir = process.env.FORBRUK_DATA_DIR ?? './data'
const environment = {
  ...process.env,
  FORBRUK_DATA_DIR: dataDir,
  FORBRUK_TARIFF: process.env.FORBRUK_TARIFF ?? 'demo/tariff.json',
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
}
// The demo shows the embedded parts: servers that happen to be configured are somebody's real ones.
for (const name of ['KAFKA_BROKERS', 'CLICKHOUSE_URL']) Reflect.deleteProperty(environment, name)

const steps = [
  // The recorded month is as old as it is, whenever the demo is run.
  ['stream', 'limits', '--past', '36500d', '--ahead', '36500d'],
  ['registry', 'import', 'demo/registry'],
  ['ship', '--format', 'nginx-json', '--source', 'gateway-1', 'demo/gateway-1.access.log.gz'],
  ['ship', '--format', 'nginx-json', '--source', 'gateway-2', 'demo/gateway-2.access.log.gz'],
  ['aggregate', '--until-caught-up'],
  // 40 requests came without a valid key and were answered with 401: there is nobody to charge.
  [
    'rejected',
    'waive',
    '--reason-code',
    'client_missing',
    '--month',
    '2026-10',
    '--reason',
    'no valid key, answered with 401: nobody to charge',
  ],
  ['close', '2026-10'],
  ['audit', '--replay'],
]

for (const step of steps) {
  console.log(`\n$ npx forbruk ${step.map(quote).join(' ')}`)
  const { status } = spawnSync(process.execPath, ['services/cli/forbruk.mjs', ...step], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

function quote(argument: string): string {
  return argument.includes(' ') ? `'${argument}'` : argument
}

console.log(`
The data is in ${relative(root, dataDir) || dataDir}: log.sqlite is the event log, store/ is ClickHouse. Go on with:

  export FORBRUK_TARIFF=demo/tariff.json   # the demo's small allowances; without it the published prices hold

  npx forbruk case list   # who is above the allowance, and what was agreed
  npx forbruk statements print 2026-10 --out statements   # a page for each payer
  npx forbruk sql "SELECT * FROM statement_lines WHERE status = 'proposed'"
  npx forbruk sql "SELECT day, sum(requests) FROM usage_daily WHERE client_id = 'skarvik-ror' GROUP BY day ORDER BY day"
  npx forbruk rejected list
  npx forbruk status
  npx forbruk up   # count, alert, close on schedule; API on 127.0.0.1:8080, ClickHouse's HTTP on 127.0.0.1:8123

Delete ${relative(root, dataDir) || dataDir} to begin again.`)
