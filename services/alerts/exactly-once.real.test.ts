import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { CrashError, crashingAt } from '../../test/support/alerts/disturbed-parts.ts'
import { NOW_MS, STREAM, useInstallation } from '../../test/support/alerts/installation.ts'
import { judgeMonths } from './judge/judge-months.ts'
import { createPublisher } from './publish/publish-alerts.ts'

const { place, judgeParts, count, readTopic } = useInstallation()
const ALL_LEVELS = ['actual 100', 'actual 50', 'actual 80']

const publisherOf = (writer: SoleWriter, changes = {}) =>
  createPublisher({ ...place(), clock: () => NOW_MS, stream: STREAM, writer, ...changes })

const alertShape = z.object({ alert_id: z.string(), subject: z.string(), at: z.string() })
const listed = (client: string) =>
  place().store.query(
    `SELECT alert_id, concat(kind, ' ', toString(level)) AS subject,
            concat(toString(partition), ':', toString(offset)) AS at
     FROM usage_alerts WHERE client_id = {client:String} ORDER BY subject`,
    alertShape,
    { client },
  )

async function expectOneOfEach(client: string): Promise<void> {
  const onTopic = (await readTopic(client)).toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
  expect(onTopic.map(alert => alert.subject)).toEqual(ALL_LEVELS)
  expect(await listed(client)).toEqual(
    onTopic.map(({ alertId, subject, at }) => ({ alert_id: alertId, subject, at })),
  )
}

test.each(['before', 'after'] as const)(
  'a process that dies just %s any of its steps doubles and loses nothing',
  async moment => {
    let crashes = 0
    for (let nth = 1; ; nth += 1) {
      const client = `crash ${moment} ${nth}`
      await count(client, 120)
      const crashing = crashingAt(nth, moment)
      const store = crashing.store(place().store)
      const alertsTopic = crashing.topic(place().alertsTopic)
      const dying = async () => {
        await judgeMonths(judgeParts({ store, alertsTopic }), null)
        const writer = crashing.writer(place().openWriter())
        await publisherOf(writer, { store, alertsTopic }).publishPending()
        return null
      }
      const outcome = await dying().catch(error => error)
      if (outcome !== null) expect(outcome).toBeInstanceOf(CrashError)

      await judgeMonths(judgeParts(), null)
      const publisher = publisherOf(place().openWriter())
      await publisher.publishPending()
      await expectOneOfEach(client)
      expect(await publisher.publishPending()).toBe(0)
      if (outcome === null) break
      crashes += 1
    }
    // Months, rules, clients, three alerts with three or four steps each, claim, look, append, record.
    expect(crashes).toBeGreaterThan(15)
  },
)

test('a publisher that lives on after any failure of its own goes on without doubling', async () => {
  for (let nth = 1; nth <= 6; nth += 1) {
    const client = `failure ${nth}`
    await count(client, 120)
    await judgeMonths(judgeParts(), null)
    let isFailing = true
    const failing = crashingAt(nth, 'after')
    const real = place()
    const failingStore = failing.store(real.store)
    const writer = place().openWriter()
    const failingWriter = failing.writer(writer)
    const publisher = publisherOf(
      { ...writer, claim: () => (isFailing ? failingWriter : writer).claim() },
      {
        store: {
          ...real.store,
          query: (...asked: Parameters<typeof real.store.query>) =>
            (isFailing ? failingStore : real.store).query(...asked),
          insert: (...given: Parameters<typeof real.store.insert>) =>
            (isFailing ? failingStore : real.store).insert(...given),
        },
      },
    )
    await publisher.publishPending().catch(() => null)
    isFailing = false
    await publisher.publishPending()
    await expectOneOfEach(client)
  }
})

test('one that was stopped between its look and its append appends nothing once another has taken over', async () => {
  const client = 'zombie'
  await count(client, 120)
  await judgeMonths(judgeParts(), null)
  const writer = place().openWriter()
  const stopped = Promise.withResolvers<void>()
  const goesOn = Promise.withResolvers<void>()
  const zombie = publisherOf({
    ...writer,
    async claim() {
      const claim = await writer.claim()
      return {
        async append(records) {
          stopped.resolve()
          await goesOn.promise
          return claim.append(records)
        },
      }
    },
  })
  const published = zombie.publishPending().catch(error => error)
  await stopped.promise
  await publisherOf(place().openWriter()).publishPending()
  await expectOneOfEach(client)
  goesOn.resolve()
  expect(String(await published)).toContain('Another process has claimed')
  expect(await zombie.publishPending()).toBe(0)
  await expectOneOfEach(client)
})

test('several at once, judging and publishing the same, come to one of each', async () => {
  const publishers = Array.from({ length: 3 }, () => publisherOf(place().openWriter()))
  for (let round = 1; round <= 5; round += 1) {
    const client = `together ${round}`
    await count(client, 120)
    await Promise.all(
      publishers.map(async publisher => {
        await judgeMonths(judgeParts(), null)
        // Who was superseded tries again, as the watch does.
        for (let attempt = 0; attempt < 20; attempt += 1) {
          const outcome = await publisher.publishPending().catch(error => error)
          if (outcome === 0) return
        }
      }),
    )
    await expectOneOfEach(client)
  }
})

test('a topic that is away makes no alert wait to be recorded, and gets it once it is back', async () => {
  const client = 'away'
  await count(client, 120)
  const alertsTopic = { ...place().alertsTopic, bounds: () => Promise.reject(new Error('away')) }
  const { raised } = await judgeMonths(judgeParts({ alertsTopic }), null)
  expect(raised.filter(alert => alert.clientId === client)).toHaveLength(3)
  await publisherOf(place().openWriter()).publishPending()
  await expectOneOfEach(client)
})

test('a look reads only clients with new usage, and forgets nothing when it fails', async () => {
  const first = await judgeMonths(judgeParts(), null)
  expect((await judgeMonths(judgeParts(), first.look)).raised).toEqual([])
  await count('new', 50)
  const failing = judgeParts({ readRules: () => Promise.reject(new Error('away')) })
  await expect(judgeMonths(failing, first.look)).rejects.toThrow('away')
  const second = await judgeMonths(judgeParts(), first.look)
  expect(second.raised.map(alert => `${alert.clientId} ${alert.level}`)).toEqual(['new 50'])
  // The same usage, known since: what is raised is raised.
  expect((await judgeMonths(judgeParts(), first.look)).raised).toEqual([])
})
