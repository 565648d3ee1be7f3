import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { expect, inject, test } from 'vitest'
import { makeForeignTopic, writeForeign } from '../support/kafka/foreign-topic.ts'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { kafka, openLog, range } from '../support/log/backends.ts'

const brokers = inject('kafkaBrokers') ?? []
const PROCESS = fileURLToPath(new URL('../support/intake/intake-process.ts', import.meta.url))
const PARTITIONS = 3
const LINES = 60_000
const KILLS = 10
const TIME_MS = Date.now() - 600_000

function lineOf(number: number): string {
  const fields = { msec: TIME_MS / 1_000, client_id: `client-${number % 17}`, status: 200, bytes_sent: 1 }
  return JSON.stringify({ ...fields, request_length: number })
}

function start(topic: string, foreign: string): ChildProcess {
  return spawn(process.execPath, [PROCESS, brokers.join(','), topic, foreign], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** As the aggregator counts it: of a file's positions those that are above all before. */
async function readNumbers(topic: string) {
  const log = await openLog(kafka, topic, PARTITIONS)
  const numbers: number[] = []
  let copies = 0
  for (const partition of range(0, PARTITIONS)) {
    const highest = new Map<string, number>()
    const { startOffset, endOffset } = await log.bounds(partition)
    for await (const { records } of log.read(partition, startOffset, endOffset)) {
      for (const event of records.flatMap(({ value }) => decodeRecord(value))) {
        if (event.kind !== 'request' || event.identity.kind !== 'position') continue
        const { file, position } = event.identity
        if (position <= (highest.get(file) ?? -1)) copies += 1
        else numbers.push(event.requestBytes)
        highest.set(file, Math.max(position, highest.get(file) ?? -1))
      }
    }
  }
  return { numbers: numbers.sort((one, other) => one - other), copies }
}

test.skipIf(brokers.length === 0)(
  `killed ${KILLS} times in the middle of appends, or woken up beside the next, while the topic grows: each line once`,
  async () => {
    const [topic, foreign] = [uniqueTopic('intake-killed'), uniqueTopic('foreign')]
    await makeForeignTopic(brokers, foreign, PARTITIONS)
    const write = (from: number, to: number) =>
      writeForeign(brokers, foreign, range(from, to).map(lineOf), PARTITIONS)
    await write(0, LINES / 2)
    const running: ChildProcess[] = []
    const said: string[] = []
    let asleep: ChildProcess | null = null
    for (const round of range(0, KILLS)) {
      const from = LINES / 2 + (round * LINES) / 2 / KILLS
      await write(from, from + LINES / 2 / KILLS)
      const child = start(topic, foreign)
      running.push(child)
      const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]()
      said.push(String((await lines.next()).value))
      // So that there is something to lose, at whatever speed; the third round ends before it has appended.
      if (round !== 2) await lines.next()
      await sleep(7 * round)
      // One that stood still wakes up in the middle of what it was doing, after the next one has begun.
      asleep?.kill('SIGCONT')
      asleep = round % 2 === 0 ? null : child
      child.kill(round % 2 === 0 ? 'SIGKILL' : 'SIGSTOP')
    }
    for (const child of running) child.kill('SIGKILL')
    const last = start(topic, foreign)
    expect(await once(last, 'close')).toEqual([0, null])
    const { numbers, copies } = await readNumbers(topic)
    expect(copies).toBe(0)
    expect(numbers).toEqual(range(0, LINES))
    // The kills came when there was something to lose.
    expect(new Set(said).size).toBeGreaterThan(2)
  },
  900_000,
)
