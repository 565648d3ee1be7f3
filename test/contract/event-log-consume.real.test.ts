import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import { describe, expect, test } from 'vitest'
import { uniqueTopic } from '../support/kafka/topics.ts'
import { backends, numbered, openLog, range } from '../support/log/backends.ts'
import { consumeAll, Recorder } from '../support/log/recorder.ts'
import { rejection } from '../support/wait/rejection.ts'
import { until } from '../support/wait/until.ts'

/** Is at work on every batch until the gate is open. */
class GatedRecorder extends Recorder {
  readonly gate = Promise.withResolvers<void>()
  readonly reached = Promise.withResolvers<void>()

  override async handle() {
    this.reached.resolve()
    await this.gate.promise
  }
}

describe.each(backends)('consuming from $name', ({ name, backend, there }) => {
  const open = (purpose: string, partitionCount = 2) =>
    openLog(backend, uniqueTopic(`${name}-${purpose}`.toLowerCase()), partitionCount)

  describe.skipIf(!there)('consuming', () => {
    test('delivery begins where assign says, goes on as records come, and ends with stop', async () => {
      const log = await open('consume')
      await log.append([...numbered(6, { partition: 0 }), ...numbered(4, { partition: 1 })])
      const recorder = new Recorder(partition => (partition === 0 ? 4 : 0))
      const subscription = await consumeAll(log, recorder)
      await until(
        () => recorder.count() === 6,
        () => `${recorder.count()} of 6 records`,
      )
      await log.append(numbered(3, { partition: 0 }))
      await until(
        () => recorder.count() === 9,
        () => `${recorder.count()} of 9 records`,
      )
      await subscription.commit(recorder.nextOffsets)
      await subscription.stop()
      await subscription.finished

      expect(recorder.offsets(0)).toEqual(range(4, 9))
      expect(recorder.offsets(1)).toEqual(range(0, 4))
      expect(recorder.assigned.toSorted()).toEqual([0, 1])
      expect(recorder.revoked.toSorted()).toEqual([0, 1])
      expect(recorder.violations).toEqual([])
      await log.append(numbered(1, { partition: 0 }))
      expect(recorder.count()).toBe(9)
    })

    test('a second subscription resumes in the middle, whatever was committed', async () => {
      const log = await open('resume', 1)
      await log.append(numbered(20, { partition: 0 }))
      const first = new Recorder()
      const subscription = await consumeAll(log, first)
      await until(
        () => first.count() === 20,
        () => `${first.count()} of 20 records`,
      )
      await subscription.commit(new Map([[0, 20]]))
      await subscription.stop()

      const second = new Recorder(() => 13)
      const resumed = await consumeAll(log, second)
      await until(
        () => second.count() === 7,
        () => `${second.count()} of 7 records`,
      )
      await resumed.stop()
      expect(second.offsets(0)).toEqual(range(13, 20))
      expect([...first.violations, ...second.violations]).toEqual([])
    })

    test('an assign that takes its time delays its own partition only', async () => {
      const log = await open('slow-assign')
      await log.append([...numbered(3, { partition: 0 }), ...numbered(3, { partition: 1 })])
      const answer = Promise.withResolvers<number>()
      const recorder = new Recorder(partition => (partition === 0 ? answer.promise : 0))
      const subscription = await consumeAll(log, recorder)
      await until(
        () => recorder.offsets(1).length === 3,
        () => `${recorder.offsets(1)} of partition 1`,
      )
      expect(recorder.offsets(0)).toEqual([])
      answer.resolve(1)
      await until(
        () => recorder.offsets(0).length === 2,
        () => `${recorder.offsets(0)} of partition 0`,
      )
      await subscription.stop()
      expect(recorder.offsets(0)).toEqual([1, 2])
      expect(recorder.violations).toEqual([])
    })

    test('one batch of a partition at a time, however long it is worked on', async () => {
      const log = await open('one-at-a-time', 1)
      await log.append(numbered(3, { partition: 0 }))
      let inHand = 0
      class Slow extends Recorder {
        override async handle() {
          inHand += 1
          if (inHand > 1) this.violations.push('two batches at once')
          await new Promise(resolve => setTimeout(resolve, 150))
          inHand -= 1
        }
      }
      const recorder = new Slow()
      const subscription = await consumeAll(log, recorder)
      await until(
        () => inHand === 1,
        () => 'no batch',
      )
      await log.append(numbered(3, { partition: 0 }))
      await until(
        () => recorder.count() === 6,
        () => `${recorder.count()} of 6 records`,
      )
      await subscription.stop()
      expect(recorder.offsets(0)).toEqual(range(0, 6))
      expect(recorder.violations).toEqual([])
    })

    test('what is no longer held is given up after the batch in hand, and held anew where assign says', async () => {
      const log = await open('hold')
      await log.append([...numbered(6, { partition: 0 }), ...numbered(6, { partition: 1 })])
      const recorder = new GatedRecorder(partition => (partition === 0 ? 2 : 0))
      const subscription = await log.consume('group', recorder)
      subscription.hold(new Set([0]))
      await recorder.reached.promise
      subscription.hold(new Set([1]))
      await new Promise(resolve => setTimeout(resolve, 100))
      expect(recorder.revoked).toEqual([])
      recorder.gate.resolve()
      await until(
        () => recorder.offsets(1).length === 6,
        () => `${recorder.offsets(1)} of partition 1`,
      )
      expect(recorder.revoked).toEqual([0])
      subscription.hold(new Set([0, 1]))
      await until(
        () => recorder.offsets(0).length === 8,
        () => `${recorder.offsets(0)} of partition 0`,
      )
      await subscription.stop()
      expect(recorder.offsets(0)).toEqual([...range(2, 6), ...range(2, 6)])
      expect(recorder.offsets(1)).toEqual(range(0, 6))
      expect(recorder.assigned).toEqual([0, 1, 0])
      expect(recorder.violations).toEqual([])
    })

    test('what is held anew while assign is still asked about it is asked about once that has answered', async () => {
      const log = await open('asked-anew', 1)
      await log.append(numbered(6, { partition: 0 }))
      const answers = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
      const recorder: Recorder = new Recorder(() => answers[recorder.assigned.length - 1]?.promise ?? 0)
      const subscription = await log.consume('group', recorder)
      subscription.hold(new Set([0]))
      await until(
        () => recorder.assigned.length === 1,
        () => 'not assigned',
      )
      subscription.hold(new Set())
      subscription.hold(new Set([0]))
      // Longer than a stop waits for an answer.
      await new Promise(resolve => setTimeout(resolve, 4_000))
      expect(recorder.assigned).toEqual([0])
      answers[0]?.resolve(1)
      answers[1]?.resolve(4)
      await until(
        () => recorder.offsets(0).length === 2,
        () => `${recorder.offsets(0)}`,
      )
      await subscription.stop()
      expect(recorder.offsets(0)).toEqual([4, 5])
      expect(recorder.violations).toEqual([])
    })

    test('stop waits for the batch in hand', async () => {
      const log = await open('stop', 1)
      await log.append(numbered(3, { partition: 0 }))
      const recorder = new GatedRecorder()
      const subscription = await consumeAll(log, recorder)
      await recorder.reached.promise
      const stopped = subscription.stop()
      await new Promise(resolve => setTimeout(resolve, 100))
      expect(recorder.revoked).toEqual([])
      recorder.gate.resolve()
      await stopped
      expect(recorder.revoked).toEqual([0])
      expect(recorder.offsets(0)).toEqual([0, 1, 2])
      expect(recorder.violations).toEqual([])
    })

    test('what receive throws ends the subscription with that error, after one delivery', async () => {
      const log = await open('receive-error', 1)
      await log.append(numbered(3, { partition: 0 }))
      const failure = new Error('the store is gone')
      let deliveries = 0
      class Failing extends Recorder {
        override async handle() {
          deliveries += 1
          throw failure
        }
      }
      const recorder = new Failing()
      const subscription = await consumeAll(log, recorder)
      expect(await rejection(subscription.finished)).toBe(failure)
      expect(deliveries).toBe(1)
      expect(recorder.revoked).toEqual([0])
      await subscription.stop()
    })

    test('what assign throws ends the subscription with that error', async () => {
      const log = await open('assign-error', 1)
      const failure = new Error('the ledger is gone')
      const recorder = new Recorder(() => Promise.reject(failure))
      const subscription = await consumeAll(log, recorder)
      expect(await rejection(subscription.finished)).toBe(failure)
    })

    test('an assigned offset that the log lost, or never had, is an error that names the range', async () => {
      const log = await open('positions', 1)
      await log.append(numbered(10, { partition: 0 }))
      await backend.deleteBelow(log.topic, 0, 6)
      const messageAt = async (offset: number) => {
        const subscription = await consumeAll(log, new Recorder(() => offset))
        const error = await rejection(subscription.finished)
        expect(error).toBeInstanceOf(EventLogError)
        return String(error)
      }
      expect(await messageAt(2)).toContain(`Partition 0 of "${log.topic}" no longer holds the offsets [2, 6)`)
      expect(await messageAt(11)).toContain(
        `Partition 0 of "${log.topic}" ends before offset 11: it holds [6, 10)`,
      )
      expect(await messageAt(-1)).toContain("can't be read from offset -1")
    })

    test('offsets lost while consuming are an error, never a silent step over them', async () => {
      const log = await open('lost', 1)
      await log.append(numbered(10, { partition: 0 }))
      const recorder = new GatedRecorder()
      const subscription = await consumeAll(log, recorder)
      await recorder.reached.promise
      await log.append(numbered(10, { partition: 0 }))
      // By then whoever reads one batch ahead has done so.
      await new Promise(resolve => setTimeout(resolve, 500))
      await log.append(numbered(10, { partition: 0 }))
      await backend.deleteBelow(log.topic, 0, 25)
      recorder.gate.resolve()
      const failure = String(await rejection(subscription.finished))
      const delivered = recorder.offsets(0).length
      expect([10, 20]).toContain(delivered)
      expect(failure).toContain(`no longer holds the offsets [${delivered}, 25)`)
      expect(recorder.offsets(0)).toEqual(range(0, delivered))
      expect(recorder.violations).toEqual([])
    })

    test('closing the log stops what consumes from it', async () => {
      const log = await open('close', 1)
      const recorder = new Recorder()
      const subscription = await consumeAll(log, recorder)
      await until(
        () => recorder.nextOffsets.size === 1,
        () => 'not assigned',
      )
      await log.close()
      await subscription.finished
      expect(recorder.revoked).toEqual([0])
    })
  })
})
