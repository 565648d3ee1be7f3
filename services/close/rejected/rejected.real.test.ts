import { makeStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import { encodeRejectedLine, encodeRequest } from '@forbruk/schemas/wire/encode.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { useInstallation } from '../../../test/support/close/close-october.ts'
import {
  flushBlock,
  flushSource,
  OCTOBER_END_MS,
  OCTOBER_USES,
  TOPIC,
} from '../../../test/support/close/counted-month.ts'
import { failingInsert } from '../../../test/support/close/disturbed-store.ts'
import { retireSource } from '../gate/retire-source.ts'
import { reconcileSource } from '../reconcile/reconcile-source.ts'
import type { Mend } from './build-mended.ts'
import { parseCoordinates } from './coordinates.ts'
import { listRejected } from './list-rejected.ts'
import { replayRejected } from './replay-rejected.ts'
import { waiveRejected } from './waive-rejected.ts'

const { place, close, rows, refusals, countAll } = useInstallation()
const AT = parseCoordinates('1:0')
const LINE = '{"msec":"1792065600.500","client_id":"","status":"200","request_length":40,"bytes_sent":60}'
const JSON_EVENT =
  '{"source":"kong","identity":null,"client_id":"","integration_id":"shop","time":1792065600500,"status":200,' +
  '"request_bytes":1,"response_bytes":2}'

/** A line without a client, and a record without one, as the log has them and the aggregator rejects them. */
beforeEach(async () => {
  place().clock.nowMs = Date.parse('2026-10-15T12:00:00Z')
  const line = encodeRejectedLine({
    kind: 'rejected_line',
    source: 'gw1',
    file: 'access.log',
    position: 300,
    reason: 'client_missing',
    detail: 'client_id is empty',
    excerpt: LINE,
    lineBytes: LINE.length,
  })
  await place().log.append([line, Buffer.from(JSON_EVENT)].map(value => ({ value, to: { partition: 1 } })))
  await countAll()
  await flushBlock(place().store, { partition: 1, block: 0, nextOffset: 2, uses: [] })
  await place().store.insert(
    'rejected_event',
    [
      { offset: 0, source: 'gw1', excerpt: LINE },
      { offset: 1, source: '', excerpt: JSON_EVENT },
    ].map(row => ({
      stream: TOPIC,
      partition: 1,
      event_index: 0,
      block: 0,
      append_time: '2026-10-15T12:00:00Z',
      reason: 'client_missing',
      detail: '',
      file: '',
      position: null,
      record_bytes: 1,
      ...row,
    })),
  )
})

const ANY = { range: null, reason: null, statuses: [], source: null, fromMs: null, untilMs: null, limit: 9 }

test('events are listed by their source and by when the log got them', async () => {
  const atMs = Date.parse('2026-10-15T12:00:00Z')
  const list = async (filter: Partial<typeof ANY | { source: string; fromMs: number; untilMs: number }>) =>
    (await listRejected(place().store, TOPIC, { ...ANY, ...filter })).map(({ offset }) => offset)
  expect(await list({})).toEqual([0, 1])
  expect(await list({ source: 'gw1' })).toEqual([0])
  expect(await list({ source: '' })).toEqual([1])
  expect(await list({ source: 'gw2' })).toEqual([])
  expect(await list({ fromMs: atMs, untilMs: atMs + 1 })).toEqual([0, 1])
  expect(await list({ fromMs: atMs + 1 })).toEqual([])
  expect(await list({ untilMs: atMs })).toEqual([])
})

const by = { reason: 'the key belongs to them', actor: 'kari' }
const clock = () => place().clock.nowMs
const waive = (...where: string[]) =>
  waiveRejected({ store: place().store, stream: TOPIC, selection: where.map(parseCoordinates), ...by, clock })
const replay = (fields: Record<string, string>, store = place().store) =>
  replayRejected({
    store,
    log: place().log,
    mends: [{ at: AT, mend: { kind: 'fields', fields } }],
    formatOf: () => openGatewayFormat('nginx-json'),
    ...by,
    clock,
  })
const states = async () =>
  (await rows('SELECT offset, state, state_reason FROM rejected_events ORDER BY offset')).map(
    row => row.state,
  )

test('a month with rejected events is refused until each is waived, by name and reason', async () => {
  expect(await refusals()).toEqual([
    '2 rejected events of the month (client_missing, such as 1:0) are neither mended nor waived; ' +
      'see forbruk rejected list --month 2026-10, then forbruk rejected replay or waive',
  ])
  expect(await waive('1:0')).toEqual({ waived: 1, before: 0, left: 0 })
  expect((await refusals())[0]).toMatch(/^1 rejected events .* such as 1:1/)
  expect(await waive('1:0', '1:1')).toEqual({ waived: 1, before: 1, left: 0 })
  expect(await states()).toEqual(['waived', 'waived'])
  const closed = await close()
  expect(closed).toMatchObject({
    outcome: 'closed',
    rejected: [{ reason: 'client_missing', events: 2, waived: 2, open: 0 }],
    waivers: [{ reason: 'the key belongs to them', actor: 'kari', events: 2 }],
  })
})

test('a place where nothing was rejected is named', async () => {
  await expect(waive('0:7')).rejects.toThrow('no rejected event of gateway.requests stands at 0:7')
  expect(() => parseCoordinates('0-7')).toThrow('"0-7" is no place in the log; expected partition:offset')
})

test('a mended line is sent again, once, and closes the month once it is counted: r2 says by how much', async () => {
  await waive('1:1')
  expect(await close({ force: { reason: 'hurry' } })).toMatchObject({ revision: 1 })
  const ends = await logEnds()
  expect(await replay({ client_id: 'firma', integration_id: 'shop' })).toEqual({ sent: 1, before: 0 })
  expect(await replay({ client_id: 'kunde' })).toEqual({ sent: 0, before: 1 })
  const sent = (await logEnds()).map((end, index) => end - (ends[index] ?? 0))
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(await states()).toEqual(['mending', 'waived'])

  const partition = sent.indexOf(1)
  const use = { client: 'firma', integration: 'shop', requests: 1, requestBytes: 40, responseBytes: 60 }
  const uses = partition === 0 ? [...OCTOBER_USES.slice(2), use] : [use]
  await flushBlock(place().store, {
    partition,
    block: partition === 0 ? 1 : 0,
    nextOffset: (ends[partition] ?? 0) + 1,
    uses,
  })
  expect(await states()).toEqual(['mended', 'waived'])
  expect(await close()).toMatchObject({
    outcome: 'revised',
    forced: null,
    rejected: [{ reason: 'client_missing', mended: 1, waived: 1, open: 0 }],
    adjustments: [
      { clientId: 'firma', item: 'overage_requests', amountBeforeNok: '0.02', amountAfterNok: '0.03' },
    ],
  })
  const [row] = await rows("SELECT event FROM rejected_mend WHERE step = 'sent'")
  expect(JSON.parse(String(row?.event))).toEqual({
    kind: 'request',
    source: 'gw1',
    identity: { kind: 'request_id', id: 'mended:1:0:0' },
    clientId: 'firma',
    integrationId: 'shop',
    timeMs: 1_792_065_600_500,
    status: 200,
    requestBytes: 40,
    responseBytes: 60,
  })
})

test('what was mended has arrived once: as the request that it is, and not as a rejected line too', async () => {
  const { store, log, clock: now } = place()
  const span = { fromMs: Date.parse('2026-10-15T11:00:00Z'), toMs: Date.parse('2026-10-15T13:00:00Z') }
  now.nowMs = span.toMs
  const reconcile = () =>
    reconcileSource({
      ...{ store, log, source: 'gw1', ...span, served: { counter: 'nginx', served: 1, resets: 0 } },
      ...{ tolerance: 0, actor: 'kari', clock },
    })
  const before = await reconcile()
  expect(await replay({ client_id: 'firma' })).toEqual({ sent: 1, before: 0 })
  const after = await reconcile()
  expect([before.arrived + before.rejected, after.arrived + after.rejected]).toEqual([1, 1])
  expect([before.rejected, after.rejected]).toEqual([1, 0])
})

test('a replay that breaks off after it sent is completed by the next, which sends nothing twice', async () => {
  const ends = await logEnds()
  // The first insert records what is to be sent, the second where it went.
  await expect(replay({ client_id: 'firma' }, failingInsert(place().store, 2))).rejects.toThrow(
    'the power went',
  )
  expect(await replay({ client_id: 'firma' })).toEqual({ sent: 0, before: 1 })
  const sent = (await logEnds()).map((end, index) => end - (ends[index] ?? 0))
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(1)
})

test('copies of a request that its gateway named are sent once, under that name, whenever each is mended', async () => {
  const request = {
    ...{ clientId: 'firma', integrationId: 'shop', timeMs: 1_792_065_600_500, status: 200 },
    ...{ requestBytes: 1, responseBytes: 2, requestId: 'id-7' },
  }
  const mendAt = (...places: string[]) =>
    replayRejected({
      ...{ store: place().store, log: place().log, ...by, clock },
      formatOf: () => openGatewayFormat('nginx-json'),
      mends: places.map(at => ({ at: parseCoordinates(at), mend: { kind: 'request', request } })),
    })
  const ends = await logEnds()
  expect(await mendAt('1:0', '1:1')).toEqual({ sent: 1, before: 1 })
  expect(await mendAt('1:1')).toEqual({ sent: 0, before: 1 })
  const sent = (await logEnds()).map((end, index) => end - (ends[index] ?? 0))
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(
    await rows("SELECT DISTINCT request_id, to_offset FROM rejected_mend WHERE step = 'sent'"),
  ).toHaveLength(1)
})

test('a mend that is none is refused, and nothing is sent', async () => {
  const ends = await logEnds()
  await expect(replay({ integration_id: 'shop' })).rejects.toThrow(
    'rejected event 1:0: mended it is rejected again',
  )
  expect(await logEnds()).toEqual(ends)
  expect(await rows('SELECT * FROM rejected_mend')).toEqual([])
})

test('a JSON record is mended by its fields', async () => {
  await replayRejected({
    store: place().store,
    log: place().log,
    mends: [{ at: parseCoordinates('1:1'), mend: { kind: 'fields', fields: { client_id: 'kunde' } } }],
    formatOf: () => openGatewayFormat('nginx-json'),
    ...by,
    clock,
  })
  expect(await rows("SELECT client_id FROM rejected_mend WHERE step = 'sent'")).toEqual([
    { client_id: 'kunde' },
  ])
})

describe('an event that was rejected for its time', () => {
  const STRAY_AT = parseCoordinates('1:2')
  const stray = {
    ...({ kind: 'request', source: 'gw1', identity: { kind: 'none' }, clientId: 'firma' } as const),
    ...{
      integrationId: 'shop',
      timeMs: Date.UTC(2001, 0, 15),
      status: 200,
      requestBytes: 1,
      responseBytes: 2,
    },
  }
  const mend = (at: Partial<Mend>) =>
    replayRejected({
      ...{ store: place().store, log: place().log, formatOf: () => openGatewayFormat('nginx-json') },
      mends: [{ at: STRAY_AT, mend: { kind: 'fields', fields: {}, ...at } as Mend }],
      ...{ ...by, clock },
    })

  beforeEach(async () => {
    await place().log.append([{ value: encodeRequest(stray), to: { partition: 1 } }])
    const row = { stream: TOPIC, partition: 1, offset: 2, event_index: 0, block: 0, reason: 'time_too_old' }
    const times = { append_time: '2026-10-15T12:00:00Z', event_time: '2001-01-15T00:00:00Z' }
    const rest = { detail: '', source: 'gw1', file: '', position: null, excerpt: '', record_bytes: 1 }
    await place().store.insert('rejected_event', [{ ...row, ...times, ...rest }])
  })

  test('belongs to the month of its time and to that of its arrival, and to no other', async () => {
    const months = ['2001-01', '2001-02', '2026-09', '2026-10', '2026-11']
    const listed = months.map(month => {
      const range = periodRange(parseBillingPeriod(month), 'Europe/Oslo')
      return listRejected(place().store, TOPIC, { ...ANY, range, reason: 'time_too_old' })
    })
    expect((await Promise.all(listed)).map(({ length }) => length)).toEqual([1, 0, 0, 1, 0])
    expect(await refusals()).toContainEqual(expect.stringMatching(/time_too_old/))
  })

  test('is sent again with another time, or when somebody vouches for the one it has', async () => {
    await expect(mend({})).rejects.toThrow(
      'it has the time for which it was rejected; give another one, or vouch',
    )
    await expect(mend({ timeVouched: true })).rejects.toThrow('has no key yet')
    expect(await rows('SELECT * FROM rejected_mend')).toEqual([])
    const key = await makeStreamKey(place().store, TOPIC)
    expect(await mend({ timeVouched: true })).toEqual({ sent: 1, before: 0 })
    const [row] = await rows("SELECT event, to_partition, to_offset FROM rejected_mend WHERE step = 'sent'")
    expect(JSON.parse(String(row?.event))).toMatchObject({ timeMs: stray.timeMs, timeVouched: true })
    const offset = Number(row?.to_offset)
    for await (const { records } of place().log.read(Number(row?.to_partition), offset, offset + 1)) {
      const [signed] = records.flatMap(({ value }) => decodeRecord(value))
      if (signed?.kind !== 'signed') throw new Error('expected a signed record')
      expect(signed.event).toMatchObject({ kind: 'request', clientId: 'firma', timeMs: stray.timeMs })
      expect(key.verify({ stream: TOPIC, partition: Number(row?.to_partition) }, signed)).toBe(true)
    }
  })

  test('is no longer far away when its time is corrected', async () => {
    await mend({ fields: { time: String(Date.parse('2026-10-15T11:00:00Z')) } } as Partial<Mend>)
    const [row] = await rows("SELECT event FROM rejected_mend WHERE step = 'sent'")
    expect(JSON.parse(String(row?.event))).not.toHaveProperty('timeVouched')
  })
})

test('a retired source holds no close up, until it ships further', async () => {
  await waive('1:0', '1:1')
  await place().store.command('TRUNCATE TABLE source_ledger')
  await flushSource(place().store, { throughMs: OCTOBER_END_MS - 5_000, missing: 3 })
  expect(await refusals()).toHaveLength(2)
  const retire = (source: string) =>
    retireSource({
      store: place().store,
      stream: TOPIC,
      source,
      reason: 'the host is gone',
      actor: 'kari',
      clock,
    })
  await expect(retire('gw9')).rejects.toThrow('gateway.requests has no source "gw9"; it has gw1')
  expect(await retire('gw1')).toMatchObject({ missing: 3, throughMs: Date.parse('2026-10-31T22:59:55Z') })
  expect(await close()).toMatchObject({
    outcome: 'closed',
    forced: null,
    sources: [{ source: 'gw1', missing: 3, retired: { reason: 'the host is gone', missing: 3 } }],
  })
  await place().store.command('TRUNCATE TABLE source_ledger')
  await flushSource(place().store, { throughMs: OCTOBER_END_MS - 4_000 })
  await expect(close()).rejects.toThrow('source gw1 shipped through 2026-10-31T22:59:56Z')
})

async function logEnds(): Promise<number[]> {
  return Promise.all([0, 1].map(async partition => (await place().log.bounds(partition)).endOffset))
}
