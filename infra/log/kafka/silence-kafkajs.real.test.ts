import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** In a process of its own: Node gives this warning once per process. */
async function warningsOf(script: string): Promise<string> {
  const { stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    timeout: 20_000,
  })
  return stderr
}

const silence = "import { silenceKafkajs } from './silence-kafkajs.ts'; silenceKafkajs();"

/** A request queue that was never throttled sets a timer for the moment when it no longer is: 1970. */
const kafkajsTimer =
  "import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';" +
  'new RequestQueue({ requestTimeout: 1, logger: { namespace() {} } }).scheduleCheckPendingRequests();' +
  'setTimeout(() => process.exit(), 50);'

test('a negative timeout of kafkajs is not warned about', async () => {
  expect(await warningsOf(kafkajsTimer)).toContain('TimeoutNegativeWarning')
  expect(await warningsOf(`${silence} ${kafkajsTimer}`)).toBe('')
})

/** As each attempt to leave a broker does that has stopped answering. */
const kafkajsListeners =
  "import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';" +
  'const queue = new RequestQueue({ logger: { debug() {} } }); queue.pending.push({});' +
  'for (let index = 0; index < 12; index++) queue.waitForPendingRequests();' +
  'setTimeout(() => process.exit(), 50);'

test('many that wait for one queue of kafkajs are not warned about', async () => {
  expect(await warningsOf(kafkajsListeners)).toContain('MaxListenersExceededWarning')
  expect(await warningsOf(`${silence} ${kafkajsListeners}`)).toBe('')
})

test('every other warning is still given', async () => {
  const others =
    "import { EventEmitter } from 'node:events'; const emitter = new EventEmitter();" +
    "for (let index = 0; index < 12; index++) emitter.once('never', () => {});" +
    "process.emitWarning('look here', 'OtherWarning'); setTimeout(() => {}, -1)"
  const warnings = await warningsOf(`${silence} ${others}`)
  expect(warnings).toContain('OtherWarning: look here')
  expect(warnings).toContain('TimeoutNegativeWarning')
  expect(warnings).toContain('MaxListenersExceededWarning')
})
