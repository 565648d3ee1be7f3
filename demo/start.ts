/**
 * The whole way on embedded parts, by the commands a user would type: import the registry, ship the recorded log,
 * count it, close the month, prove it. Running it again changes nothing and says so. At the end the console runs on it
 * until it is stopped; with `--exit` it does not.
 */
import { spawn, spawnSync } from 'node:child_process'
import { relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DEMO_STEPS } from './steps.ts'

const [option, ...others] = process.argv.slice(2)
if ((option !== undefined && option !== '--exit') || others.length > 0) {
  const found = process.argv.slice(2).join(' ')
  console.error(`npm start takes nothing or --exit, as npm start -- --exit; found ${found}`)
  process.exit(2)
}

const ASKED_EVERY_MS = 200
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

for (const step of DEMO_STEPS) {
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
  npx forbruk up   # count, alert, close on schedule; pages on 127.0.0.1:8080, ClickHouse's HTTP on 127.0.0.1:8123

Delete ${relative(root, dataDir) || dataDir} to begin again.`)

if (option === undefined) await runConsole()

async function runConsole(): Promise<void> {
  const url = `http://${process.env.FORBRUK_LISTEN ?? '127.0.0.1:8080'}`
  console.log('\n$ npx forbruk up')
  const up = spawn(process.execPath, ['services/cli/forbruk.mjs', 'up'], {
    cwd: root,
    env: environment,
    // Told to stop by this process alone, once: a second signal would end it without order.
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  up.on('exit', code => {
    process.exitCode = code ?? 1
  })
  let isStopping = false
  const stop = () => {
    if (!isStopping) up.kill('SIGTERM')
    isStopping = true
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  while (up.exitCode === null && !(await answers(url))) await setTimeout(ASKED_EVERY_MS)
  if (up.exitCode !== null) return
  console.log(`
The console runs on the recorded month until you press Ctrl-C: ${url}/?month=2026-10
(npm start -- --exit ends without it; FORBRUK_LISTEN chooses another address)`)
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/v1/health`).then(
    answer => answer.ok,
    () => false,
  )
}
