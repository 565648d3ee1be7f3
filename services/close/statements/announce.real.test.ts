import { join } from 'node:path'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import { openEmbeddedLog } from '@forbruk/infra/log/sqlite/sqlite-log.ts'
import { nameRevision } from '@forbruk/schemas/statement/announcement.ts'
import { decodeStatementIssued } from '@forbruk/schemas/wire/statement-issued-codec.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { OCTOBER, useInstallation, withAccessPrice } from '../../../test/support/close/close-october.ts'
import {
  flushBlock,
  GRACE_END_MS,
  OCTOBER_USES,
  REGISTRY,
  writeRegistry,
} from '../../../test/support/close/counted-month.ts'
import { failingInsert } from '../../../test/support/close/disturbed-store.ts'
import type { CloseResult } from '../close.ts'
import { announceMonth } from './announce.ts'
import { ApprovalRefusedError, approveMonth } from './approve.ts'
import { readAnnouncements } from './read-announcements.ts'

const { place, close, rows, importAll, countAll } = useInstallation()
const MONTH = '2026-10'
const TOPIC = 'billing.statements'
const DEARER = withAccessPrice('150')

let log: EventLog
beforeEach(async () => {
  await countAll()
  log = openEmbeddedLog({
    path: join(place().folder, 'log.sqlite'),
    topic: TOPIC,
    partitionCount: 4,
    clock: () => place().clock.nowMs,
  })
  return () => log.close()
})

const announce = (options: Partial<Parameters<typeof announceMonth>[0]> = {}) =>
  announceMonth({
    store: place().store,
    topic: TOPIC,
    openLog: async () => log,
    month: MONTH,
    clock: () => place().clock.nowMs,
    ...options,
  })

async function readEvents() {
  const events = []
  for (let partition = 0; partition < log.partitionCount; partition += 1) {
    const { startOffset, endOffset } = await log.bounds(partition)
    if (startOffset === endOffset) continue
    for await (const { records } of log.read(partition, startOffset, endOffset)) {
      for (const { key, value } of records) {
        const event = decodeStatementIssued(value)
        if (event === null) throw new Error('a record of the topic is no statement')
        expect(key?.toString()).toBe(event.payerId)
        events.push(event)
      }
    }
  }
  return events.toSorted((a, b) => a.revision - b.revision || (a.clientId < b.clientId ? -1 : 1))
}

test('a month that is not closed announces nothing, and opens no topic', async () => {
  const opened = announce({ openLog: () => Promise.reject(new Error('opened')) })
  expect(await opened).toBe(0)
})

describe('a closed month', () => {
  test('says with each statement what of the whole month is charged to nobody', async () => {
    const unknown = ['ukjent', 'fremmed'].map(client => ({
      ...{ client, integration: 'shop', requests: 2, responseBytes: 60_000_000_000 },
    }))
    const uses = [...OCTOBER_USES.slice(2), ...unknown]
    await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses })
    await close()
    await announce()
    const events = await readEvents()
    expect(events).toHaveLength(3)
    const notCharged = { exceptions: 2, requests: '4', bytes: '120000000000' }
    for (const event of events) expect(event.notCharged).toEqual(notCharged)
  })

  test('is announced by client to its payer, once', async () => {
    const { contentHash } = await close()
    expect(await announce()).toBe(3)
    const events = await readEvents()
    expect(
      events.map(each => [
        each.clientId,
        each.payerId,
        each.partnerId,
        each.status,
        each.payableNok,
        each.proposedNok,
      ]),
    ).toEqual([
      ['byrå', 'byrå', null, 'payable', '200.00', '0.00'],
      ['firma', 'byrå', 'byrå', 'proposed', '149.00', '0.02'],
      ['kunde', 'kunde', 'byrå', 'proposed', '149.00', expect.any(String)],
    ])
    expect(events[1]).toMatchObject({
      month: MONTH,
      notCharged: null,
      revision: 1,
      clientName: 'Firma AS',
      payerName: 'Byrå AS',
      currency: 'NOK',
      amountNok: '149.02',
      adjustmentsPayableNok: '0.00',
      requests: '500041',
      adjustments: [],
      contentHash,
      forcedReason: null,
    })
    expect(
      events[1]?.lines.map(line => [line.item, line.quantity, line.unitPriceNok, line.amountNok]),
    ).toEqual([
      ['included', '40', '0', '0.00'],
      ['access_external', '1', '149', '149.00'],
      ['overage_requests', '1', '0.017', '0.02'],
    ])
    expect(await announce({ openLog: () => Promise.reject(new Error('opened')) })).toBe(0)
    expect((await close()).outcome).toBe('unchanged')
    expect(await announce()).toBe(0)
    expect(await readEvents()).toHaveLength(3)
  })

  test('that another topic has not heard of is announced there as well', async () => {
    await close()
    await announce()
    expect(await announce({ topic: 'another' })).toBe(3)
  })

  test('as a further revision carries the adjustments', async () => {
    await close()
    await announce()
    await writeRegistry(place().folder, {
      'activations.csv': REGISTRY['activations.csv'].replace('firma,shop,2026-01-01,\n', ''),
    })
    await importAll(OCTOBER)
    expect((await close({ accept: ['registry'] })).revision).toBe(2)
    expect(await announce()).toBe(3)
    const [, firma] = (await readEvents()).filter(each => each.revision === 2)
    expect(firma).toMatchObject({ clientId: 'firma', payableNok: '0.00', adjustmentsPayableNok: '-149.00' })
    expect(firma?.adjustments).toContainEqual(
      expect.objectContaining({
        item: 'access_external',
        statusBefore: 'payable',
        statusAfter: null,
        amountBeforeNok: '149.00',
        amountAfterNok: '0.00',
        payableNok: '-149.00',
      }),
    )
  })

  test('whose payer changed is withdrawn from the one before', async () => {
    await close()
    await announce()
    await writeRegistry(place().folder, {
      'clients.csv': REGISTRY['clients.csv'].replace('Firma AS,byrå,yes', 'Firma AS,byrå,no'),
    })
    await importAll(OCTOBER)
    await close({ accept: ['registry'] })
    expect(await announce()).toBe(4)
    const ofFirma = (await readEvents()).filter(each => each.revision === 2 && each.clientId === 'firma')
    expect(
      ofFirma
        .map(each => [
          each.payerId,
          each.status,
          each.payableNok,
          each.adjustmentsPayableNok,
          each.lines.length,
        ])
        .toSorted(),
    ).toEqual([
      ['byrå', 'withdrawn', '0.00', '-149.00', 0],
      ['firma', 'proposed', '149.00', '149.00', 3],
    ])
  })
})

describe('a close that waits for approval', () => {
  const nameOf = ({ revision, contentHash }: CloseResult) => nameRevision(revision ?? 0, contentHash)
  const approve = (actor: string, approved: string | null, month = MONTH) =>
    approveMonth({
      ...{ store: place().store, topic: TOPIC, month, approved, actor },
      clock: () => GRACE_END_MS,
    })

  test('is announced once a person has approved it, and it is kept who did first', async () => {
    const name = nameOf(await close({ announce: 'after-approval' }))
    expect(await announce({ openLog: () => Promise.reject(new Error('opened')) })).toBe(0)
    // Asking for the same close at once changes nothing: the revision is recorded.
    expect((await close()).outcome).toBe('unchanged')
    expect(await announce()).toBe(0)

    const together = await Promise.all(['kari', 'ola', 'siv'].map(actor => approve(actor, name)))
    const [first] = await rows('SELECT month, revision, actor FROM statement_approval')
    expect(first).toMatchObject({ month: MONTH, revision: 1 })
    expect(together.flat().every(each => each?.by === first?.actor)).toBe(true)
    expect(await rows('SELECT count() AS n FROM statement_approval')).toEqual([{ n: '1' }])
    expect(await announce()).toBe(3)
    expect(await approve('per', name)).toEqual([])
    expect(await approve('per', null)).toEqual([])
    expect(await announce()).toBe(0)
  })

  test('holds up the revisions after it, and is approved up to the one that was seen', async () => {
    const first = nameOf(await close({ announce: 'after-approval' }))
    const second = nameOf(await close({ announce: 'after-approval', tariff: DEARER, accept: ['tariff'] }))
    await close({ accept: ['tariff'] })
    expect(await announce()).toBe(0)
    expect(await approve('kari', first)).toEqual([{ revision: 1, by: 'kari' }])
    expect(await announce()).toBe(3)
    expect((await readAnnouncements(place().store, TOPIC)).map(each => each.state)).toEqual([
      ...['announced', 'waiting', 'waiting'],
    ])
    expect(await approve('ola', second)).toEqual([{ revision: 2, by: 'ola' }])
    expect(await announce()).toBe(6)
    expect((await readEvents()).map(each => each.revision)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3])
  })

  test('is not approved by a revision or month that there is not', async () => {
    const name = nameOf(await close({ announce: 'after-approval' }))
    for (const other of [null, name.replace('r1', 'r2'), name.replace(/.{12}$/, '0'.repeat(12))]) {
      await expect(approve('kari', other)).rejects.toThrow(ApprovalRefusedError)
      await expect(approve('kari', other)).rejects.toThrow(`--approve ${name} approves it`)
    }
    expect(await approve('kari', null, '2026-09')).toBeNull()
    expect(await rows('SELECT * FROM statement_approval')).toEqual([])
  })
})

describe('what broke off', () => {
  test('between the record and the announcement is announced by the next call, every revision of it', async () => {
    await close()
    await writeRegistry(place().folder, {
      'clients.csv': REGISTRY['clients.csv'].replace('Firma AS', 'Firma ASA'),
    })
    await importAll(OCTOBER)
    await close({ accept: ['registry'] })
    expect(await announce()).toBe(6)
    expect((await readEvents()).map(each => each.revision)).toEqual([1, 1, 1, 2, 2, 2])
  })

  test('between the events and the note of them sends the same events again', async () => {
    await close()
    await expect(announce({ store: failingInsert(place().store, 1) })).rejects.toThrow('the power went')
    expect(await rows('SELECT * FROM statement_announcement')).toEqual([])
    expect(await announce()).toBe(3)
    const events = await readEvents()
    expect(events).toHaveLength(6)
    expect(new Set(events.map(each => each.eventId)).size).toBe(3)
    expect(new Set(events.map(each => JSON.stringify(each))).size).toBe(3)
  })
})
