import { aggregate } from '@forbruk/aggregator/run/aggregate.ts'
import { replayLineShape } from '@forbruk/schemas/usage/replay-line.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { OCTOBER, useInstallation } from '../../../../test/support/close/close-october.ts'
import { writeRegistry } from '../../../../test/support/close/counted-month.ts'
import { expectProblem, useConsole } from '../../../../test/support/console/console.ts'

const { place, importAll } = useInstallation()
const { open, post, stop, url } = useConsole(place)

const REPLAY = '/v1/clients/firma/replay'
const MONTH = { month: OCTOBER.month }

async function countRequests(ids: readonly string[]): Promise<void> {
  const { log, store } = place()
  await log.append(
    ids.map(id => ({
      value: encodeRequest({
        ...({ kind: 'request', source: 'gw', identity: { kind: 'request_id', id } } as const),
        ...{ clientId: 'firma', integrationId: 'shop', timeMs: Date.parse('2026-10-14T10:00:00Z') },
        ...{ status: 200, requestBytes: 10, responseBytes: 1 },
      }),
      to: { partition: 0 },
    })),
  )
  const logger = pino({ level: 'silent' })
  await aggregate({ log, store, logger, signal: new AbortController().signal, untilCaughtUp: true })
}

const readLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => replayLineShape.parse(JSON.parse(line)))

/** The log says nothing of itself before the gate is opened. */
function holdLog() {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { log } = place()
  const bounds = log.bounds.bind(log)
  log.bounds = async partition => {
    begun.resolve()
    await gate.promise
    return bounds(partition)
  }
  return { gate, begun }
}

test('a client’s month is counted again, line by line, and what came of it stands last', async () => {
  await writeRegistry(place().folder)
  await importAll()
  await countRequests(['a', 'b', 'a'])
  await open()
  const answer = await post(REPLAY, MONTH)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'application/x-ndjson; charset=utf-8',
  ])
  const lines = readLines(await answer.text())
  expect(lines[0]).toMatchObject({ kind: 'progress', blocksDone: 0, blocksTotal: 1 })
  expect(lines.at(-1)).toMatchObject({
    ...{
      kind: 'outcome',
      outcome: 'equal',
      clientId: 'firma',
      month: '2026-10',
      recordsRead: 3,
      duplicates: 1,
    },
    log: { requests: '2', requestBytes: '20', responseBytes: '2' },
    ledger: { requests: '2', requestBytes: '20', responseBytes: '2' },
    ...{ statement: null, differences: [], lost: [] },
    proved: [{ partition: 0, firstOffset: '0', nextOffset: '3' }],
  })
  await expectProblem(await post('/v1/clients/nobody/replay', MONTH), 404, 'not_found')
  await expectProblem(await post(REPLAY, { month: 'October' }), 400, 'request_malformed')
})

test('one at a time, and it ends when its caller goes', async () => {
  await countRequests(['a'])
  await open()
  const { gate, begun } = holdLog()
  const caller = new AbortController()
  const first = fetch(`${url()}${REPLAY}`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(MONTH) },
    signal: caller.signal,
  }).then(answer => answer.text())
  await begun.promise
  await expectProblem(await post(REPLAY, MONTH), 409, 'replay_running')
  caller.abort()
  await expect(first).rejects.toThrow()
  gate.resolve()
  await expect.poll(async () => (await post(REPLAY, MONTH)).status, { timeout: 10_000 }).toBe(200)
})

test('a console that is stopped waits for no replay, and says so', async () => {
  await countRequests(['a'])
  await open()
  const { gate, begun } = holdLog()
  const replaying = post(REPLAY, MONTH).then(answer => answer.text())
  await begun.promise
  const stopping = stop()
  gate.resolve()
  expect(readLines(await replaying).at(-1)).toMatchObject({ kind: 'failed' })
  await stopping
})
