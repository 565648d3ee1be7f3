import { parseArgs } from 'node:util'
import { findJavaAndMaven } from '../support/maven/find-java-and-maven.ts'
import { type Form, LONG, OF_THREE, SHORT } from './plan.ts'
import { formatReport } from './print-report.ts'
import { torture } from './torture.ts'

const SEED_MAX = 2 ** 31

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string' },
    events: { type: 'string' },
    brokers: { type: 'string', default: '1' },
  },
})

function readCount(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  console.error(`--${name} ${text}: expected a whole number`)
  process.exit(2)
}

const obstacle = await findJavaAndMaven()
if (obstacle !== null) {
  console.error(`This needs a Kafka of its own to kill, from its jars: ${obstacle}.`)
  process.exit(2)
}
// So that what was started ends, and the folder goes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

function chooseForm(): Form {
  if (values.brokers === '1') return values.short ? SHORT : LONG
  if (values.brokers === '3' && !values.short) return OF_THREE
  console.error(`--brokers ${values.brokers}: expected 1, or 3 without --short`)
  process.exit(2)
}

const form = chooseForm()
const report = await torture({
  seed: values.seed === undefined ? Date.now() % SEED_MAX : readCount('seed', values.seed),
  form: values.events === undefined ? form : { ...form, eventsTotal: readCount('events', values.events) },
  clickhouseUrl: process.env.CLICKHOUSE_URL ?? null,
  // It waits for the engine's total to settle, which takes longer than all else of the short form.
  compare: form.name === 'long',
  say: line => console.error(line),
})
console.log(formatReport(report))
process.exitCode = report.failures.length === 0 ? 0 : 1
