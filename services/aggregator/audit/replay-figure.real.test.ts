import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { pino } from 'pino'
import { beforeAll, describe, expect, test } from 'vitest'
import { backends, openLog } from '../../../test/support/log/backends.ts'
import { openMigrated } from '../../../test/support/store/open-migrated.ts'
import { aggregate } from '../run/aggregate.ts'
import { judgeFigure } from './judge-figure.ts'
import { keepPace } from './keep-pace.ts'
import { type ReplayedFigure, replayFigure } from './replay-figure.ts'

const range = periodRange(parseBillingPeriod('2026-10'), 'Europe/Oslo')
const OCTOBER_MS = Date.parse('2026-10-14T10:00:00Z')
let store: Store

beforeAll(async () => {
  const opened = await openMigrated()
  store = opened.store
  return opened.close
}, 120_000)

/** Of a client in a partition, by id: an id that was there before is a duplicate, or in another partition a copy. */
const append = (
  log: EventLog,
  partition: number,
  clientId: string,
  ids: readonly string[],
  timeMs = OCTOBER_MS,
) =>
  log.append(
    ids.map(id => ({
      value: encodeRequest({
        ...({ kind: 'request', source: 'gw', identity: { kind: 'request_id', id } } as const),
        ...{ clientId, integrationId: 'shop', timeMs, status: 200, requestBytes: 10, responseBytes: 1 },
      }),
      to: { partition },
    })),
  )

const count = (log: EventLog) =>
  aggregate({
    ...{ log, store, logger: pino({ level: 'silent' }), untilCaughtUp: true },
    signal: new AbortController().signal,
  })

async function replay(log: EventLog, clientId: string, cut: number[] | null = null): Promise<ReplayedFigure> {
  const cutOf = cut?.map((nextOffset, partition) => ({ partition, nextOffset })) ?? null
  const replaying = replayFigure({ store, log, clientId, range, cut: cutOf })
  let step = await replaying.next()
  while (step.done !== true) step = await replaying.next()
  return step.value
}

describe.each(backends)('on $name', ({ name, backend, there }) => {
  test.skipIf(!there)(
    'a figure is counted again, wherever the client’s requests are, and beside what lies around',
    async () => {
      const log = await openLog(backend, `replay-equal-${name}-${Date.now()}`, 3)
      await append(log, 0, 'fjord', ['a', 'b', 'a'])
      await append(log, 1, 'fjord', ['c'])
      await append(log, 1, 'fjell', ['d', 'e'])
      await append(log, 0, 'fjord', ['september'], range.startMs - 1)
      await append(log, 2, 'fjell', ['f'])
      await count(log)
      const figure = await replay(log, 'fjord')
      expect(figure).toMatchObject({
        ...{ blocksDone: 2, blocksTotal: 2, blocksOfRange: 3, recordsRead: 7, duplicates: 1 },
        byLog: { requests: 3n, requestBytes: 30n, responseBytes: 3n },
        byLedger: { requests: 3n, requestBytes: 30n, responseBytes: 3n },
        ...{ copies: { requests: 0n }, atCut: null, differences: [], lost: [] },
      })
      expect(judgeFigure(figure, null)).toEqual({ outcome: 'equal', statement: null })
    },
  )

  test.skipIf(!there)('a statement is held against what the log had when it was made', async () => {
    const log = await openLog(backend, `replay-cut-${name}-${Date.now()}`, 2)
    await append(log, 0, 'fjord', ['a', 'b'])
    await append(log, 1, 'fjord', ['b', 'c'])
    await count(log)
    const cut = [2, 2]
    await append(log, 0, 'fjord', ['late'])
    await append(log, 1, 'fjord', ['a'])
    await count(log)
    const figure = await replay(log, 'fjord', cut)
    expect(figure).toMatchObject({
      byLog: { requests: 6n },
      byLedger: { requests: 6n },
      copies: { requests: 2n },
    })
    const stated = { revision: 1, requests: 3n, bytes: 33n }
    expect(judgeFigure(figure, stated)).toEqual({
      outcome: 'equal',
      statement: { ...stated, logRequests: 3n, logBytes: 33n },
    })
    expect(judgeFigure(figure, { ...stated, requests: 4n }).outcome).toBe('different')
  })

  test.skipIf(!there)('a row that the store lost is found, also where the client has none left', async () => {
    const log = await openLog(backend, `replay-different-${name}-${Date.now()}`, 2)
    await append(log, 0, 'fjord', ['a', 'b'])
    await append(log, 1, 'fjord', ['c'])
    await append(log, 1, 'fjell', ['d'])
    await count(log)
    await store.command(
      `DELETE FROM usage_rollup WHERE stream = '${log.topic}' AND partition = 1 AND client_id = 'fjord'`,
    )
    const figure = await replay(log, 'fjord')
    expect(figure).toMatchObject({ byLog: { requests: 3n }, byLedger: { requests: 2n } })
    expect(figure.differences).toEqual([
      expect.objectContaining({ partition: 1, detail: expect.stringContaining('1 requests, 10 + 1 bytes') }),
    ])
    expect(judgeFigure(figure, null).outcome).toBe('different')
  })

  test.skipIf(!there)('what the log has no more is named, with what is stored of it', async () => {
    const topic = `replay-lost-${name}-${Date.now()}`
    const log = await openLog(backend, topic, 2)
    await append(log, 0, 'fjord', ['a', 'b'])
    await append(log, 1, 'fjord', ['c'])
    await count(log)
    await backend.deleteBelow(topic, 0, 1)
    const figure = await replay(log, 'fjord')
    expect(figure).toMatchObject({ byLog: { requests: 1n }, byLedger: { requests: 3n } })
    expect(figure.lost).toEqual([
      {
        partition: 0,
        firstOffset: 0,
        nextOffset: 2,
        requests: 2n,
        detail: expect.stringContaining('begins at offset 1'),
      },
    ])
    expect(judgeFigure(figure, null).outcome).toBe('lost')
  })
})

test('who asks no more ends it, and so does the time', async () => {
  const steps = async function* (): AsyncGenerator<number, string> {
    for (let step = 0; step < 1_000; step++) {
      await new Promise(resolve => setTimeout(resolve, 1))
      yield step
    }
    return 'done'
  }
  const asking = new AbortController()
  const kinds: string[] = []
  for await (const { kind } of keepPace(steps(), {
    clock: () => performance.now(),
    timeMaxMs: 60_000,
    signal: asking.signal,
  })) {
    kinds.push(kind)
    if (kinds.length === 3) asking.abort()
  }
  expect(kinds).toEqual(['step', 'step', 'step'])
  let nowMs = 0
  const clock = () => (nowMs += 1)
  const overdue = []
  for await (const { kind } of keepPace(steps(), {
    clock,
    timeMaxMs: 10,
    signal: new AbortController().signal,
  }))
    overdue.push(kind)
  expect(overdue.at(-1)).toBe('overdue')
  expect(overdue.length).toBeLessThan(10)
})
