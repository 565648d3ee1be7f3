import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { range } from '../support/log/backends.ts'
import { freePort } from '../support/process/free-port.ts'
import { forbruk, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** What came over HTTP is kept nowhere: its sender hands it in again, and each line is proved by its fingerprint. */
const folder = mkdtempSync(join(tmpdir(), 'forbruk-replay-sent-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TOKEN = 'a-token-of-the-edge-that-sends-lines'
const TIME_MS = Date.now() - 600_000
const LINES = 60

function lineOf(number: number, client = `client-${100 + number}`): string {
  const msec = `${Math.floor((TIME_MS + number) / 1_000)}.${String((TIME_MS + number) % 1_000).padStart(3, '0')}`
  const fields = { msec, who: client, status: 200, bytes_sent: 1, request_length: number }
  return JSON.stringify({ ...fields, rid: `id-${1_000 + number}` })
}
const bodyOf = (numbers: readonly number[]) => numbers.map(number => `${lineOf(number)}\n`).join('')

const summaryShape = z.object({
  ...{ lines: z.int(), readable: z.int(), sent: z.int(), before: z.int(), left: z.int() },
  leftLines: z.array(z.object({ why: z.string(), detail: z.string() })),
})

test('lines that came over HTTP are handed in again: each once, and no other line in their place', async () => {
  const port = await freePort()
  const tokens = join(folder, 'tokens.json')
  const settings = {
    FORBRUK_DATA_DIR: join(folder, 'data'),
    FORBRUK_COLLECT_LISTEN: `127.0.0.1:${port}`,
    FORBRUK_COLLECTOR_TOKENS: tokens,
  }
  const trust = (clientField: string) => {
    const sha256 = createHash('sha256').update(TOKEN).digest('hex')
    const fields = { format: 'nginx-json', clientField, requestIdField: 'rid' }
    writeFileSync(tokens, JSON.stringify([{ sha256, source: 'edge', ...fields }]))
  }
  trust('customer')
  const collector = startForbruk(['collect'], settings)
  await collector.saying('"msg":"collector"', 120_000)
  const send = async (body: string) => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, { method: 'POST', headers, body })
    return answer.json()
  }
  const all = range(0, LINES)
  expect(await send(bodyOf(all))).toEqual({ events: 0, rejected: LINES })
  // Sent again after an answer that was lost: nobody can tell, and they stand there twice.
  await send(bodyOf(range(0, 5)))
  await collector.stop()
  const read = async (sql: string) =>
    (await forbruk(['sql', sql, '--format', 'TSV'], settings)).trim().replaceAll('\t', ' ')
  const count = () => forbruk(['aggregate', '--until-caught-up'], settings)
  await count()

  const replay = async (args: readonly string[], input?: Buffer) => {
    const asked = [
      'rejected',
      'replay',
      '--source',
      'edge',
      '--reason',
      'the client is in another field',
      '--json',
    ]
    return summaryShape.parse(JSON.parse(await forbruk([...asked, ...args], settings, input)))
  }
  trust('who')
  const untold = await replay(['--dry-run'])
  expect(untold).toMatchObject({ lines: LINES + 5, readable: 0, left: LINES + 5 })
  expect(untold.leftLines[0]).toMatchObject({
    why: 'unreadable',
    detail: expect.stringContaining('came over HTTP and is kept nowhere'),
  })
  // Of the same length and shape each, and of another client.
  const forged = all.map(number => lineOf(number, `client-${300 + number}`)).join('\n')
  expect(await replay(['--file', '-'], Buffer.from(forged))).toMatchObject({
    readable: 0,
    sent: 0,
    left: LINES + 5,
  })

  const kept = join(folder, 'kept.ndjson')
  // With lines of others among them, in another order.
  writeFileSync(kept, bodyOf([...all.toReversed(), 777]))
  expect(await replay(['--file', kept, '--dry-run'])).toMatchObject({ readable: LINES + 5, sent: 0, left: 0 })
  const typed = ['rejected', 'replay', '--source', 'edge', '--file', kept, '--reason', 'again']
  for (const delayMs of [900, 1_500]) {
    const { child, finished } = startForbruk(typed, settings)
    await sleep(delayMs)
    child.kill('SIGKILL')
    await finished
  }
  await replay(['--file', kept])
  await count()
  expect(
    await read('SELECT sum(requests), sum(request_bytes), uniqExact(client_id) FROM usage_monthly'),
  ).toBe(`${LINES} ${(LINES * (LINES - 1)) / 2} ${LINES}`)
  expect(await read('SELECT state, sum(events) FROM rejected_events GROUP BY state')).toBe(
    `mended ${LINES + 5}`,
  )
  expect(await replay(['--file', kept])).toMatchObject({ lines: 0 })
  const { code, stderr } = await runForbruk([...typed, '0:1'], settings)
  expect([code, stderr]).toEqual([2, expect.stringContaining('places and mends say which events')])
}, 900_000)
