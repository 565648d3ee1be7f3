import { LOOK_INTERVAL_MS, LOOKS_TO_BE_GONE, Neighbours, type Sign } from '@forbruk/infra/signs/neighbours.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePartitions } from './choose-partitions.ts'
import { sharePartitions } from './share-partitions.ts'
import { Sharing } from './sharing.ts'

const PARTITIONS = 6
const sign = (process: string, sequence: number, held: number[] = [], isLeaving = false): Sign => ({
  ...{ process, sequence, held, isLeaving },
})

test('shares are as even as can be, and the same for all who see the same processes', () => {
  const processes = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), processes, (partitionCount, names) => {
      const owners = sharePartitions(partitionCount, names)
      expect(sharePartitions(partitionCount, names.toReversed())).toEqual(owners)
      expect(owners).toHaveLength(partitionCount)
      const shares = [...Map.groupBy(owners, owner => owner).values()].map(({ length }) => length)
      expect(Math.max(...shares)).toBeLessThanOrEqual(Math.ceil(partitionCount / names.length))
    }),
  )
})

test('a process is gone after so many looks without a new sign, and back with the next one', () => {
  const neighbours = new Neighbours('self')
  const silent = [sign('self', 1), sign('other', 7)]
  const looks = Array.from({ length: LOOKS_TO_BE_GONE + 1 }, () => neighbours.look(silent))
  expect(looks.map(([other]) => other?.looksSilent)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(neighbours.look([sign('other', 8)])).toEqual([{ ...sign('other', 8), looksSilent: 0 }])
})

test("what is no longer one's own is counted on until its owner does", () => {
  const owners = sharePartitions(PARTITIONS, ['self', 'other'])
  const its = [...owners.entries()].filter(([, owner]) => owner === 'other').map(([partition]) => partition)
  const held = new Set(Array(PARTITIONS).keys())
  const choose = (heldByIt: number[], looksSilent = 0) => {
    const neighbours = [{ ...sign('other', 1, heldByIt), looksSilent }]
    return [...choosePartitions({ ...situation, neighbours })]
  }
  const situation = { self: 'self', isLeaving: false, held, partitionCount: PARTITIONS }
  expect(choose([])).toHaveLength(PARTITIONS)
  expect(choose(its.slice(1))).toHaveLength(PARTITIONS - its.length + 1)
  expect(choose(its)).toHaveLength(PARTITIONS - its.length)
  expect(choose(its, LOOKS_TO_BE_GONE)).toHaveLength(PARTITIONS)
})

/** One store; processes that look when they are told to, and count what they hold at once. */
class Board {
  readonly signs = new Map<string, Sign>()
  readonly processes = new Map<string, { sharing: Sharing; held: ReadonlySet<number>; said: string[] }>()
  nowMs = 0
  isAway = false

  start(self: string): void {
    const said: string[] = []
    const say = (_: object, text: string) => void said.push(text)
    const held = () => this.processes.get(self)?.held ?? new Set<number>()
    const sharing = new Sharing({
      ...{ self, partitionCount: PARTITIONS, clock: () => this.nowMs, sleep: async () => undefined },
      logger: { debug: () => undefined, info: say, warn: say, error: say },
      counted: () => ({ held: held(), caughtUp: [...held()] }),
      hold: partitions => {
        const process = this.processes.get(self)
        if (process !== undefined) process.held = partitions
      },
      board: {
        tell: async told => void this.signs.set(told.process, told),
        read: async () => [...this.signs.values()],
      },
    })
    this.processes.set(self, { sharing, held: new Set(), said })
  }

  /** Of all that live, in turn. */
  async look(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      this.nowMs += LOOK_INTERVAL_MS
      for (const { sharing } of [...this.processes.values()]) await sharing.look()
    }
  }

  holders(partition: number): string[] {
    return [...this.processes].filter(([, { held }]) => held.has(partition)).map(([name]) => name)
  }

  uncounted(): number[] {
    return [...Array(PARTITIONS).keys()].filter(partition => this.holders(partition).length === 0)
  }
}

test('what a killed process counted is taken over in so many looks, and the log says who is waited for', async () => {
  const board = new Board()
  board.start('a')
  board.start('b')
  await board.look(5)
  const held = board.processes.get('b')?.held ?? new Set()
  expect(held.size).toBe(PARTITIONS / 2)
  board.processes.delete('b')
  // Its last sign may come a look after the last one that was seen.
  await board.look(LOOKS_TO_BE_GONE)
  expect(board.uncounted()).toHaveLength(PARTITIONS / 2)
  await board.look(1)
  expect(board.uncounted()).toEqual([])
  const which = [...held].toSorted().join(', ')
  expect(board.processes.get('a')?.said).toEqual([
    `no sign of the process b, which counted the partitions ${which}, for 1.5 s: waiting for it for 1.5 s more`,
    `no sign of the process b, which counted the partitions ${which}, for 3.0 s: they are counted by the others now`,
  ])
})

test('one process restarted after the other, no partition is uncounted at any moment', async () => {
  const board = new Board()
  for (const name of ['a', 'b', 'c', 'd']) board.start(name)
  await board.look(4)
  for (const name of ['a', 'b', 'c', 'd']) {
    const leaving = board.processes.get(name)?.sharing.leave(true)
    for (let round = 0; round < 4; round++) {
      await board.look(1)
      expect(board.uncounted()).toEqual([])
    }
    await leaving
    board.processes.delete(name)
    expect(board.uncounted()).toEqual([])
    board.start(`${name}, again`)
    await board.look(2)
    expect(board.uncounted()).toEqual([])
  }
})

test('one that stood still for long takes nobody for gone, and gives up what others count', async () => {
  const board = new Board()
  board.start('a')
  board.start('b')
  await board.look(4)
  const stopped = board.processes.get('b')
  board.processes.delete('b')
  await board.look(20)
  expect(board.processes.get('a')?.held.size).toBe(PARTITIONS)
  if (stopped === undefined) throw new Error('b was never there')
  board.processes.set('b', stopped)
  await board.look(3)
  for (const partition of Array(PARTITIONS).keys()) expect(board.holders(partition)).toHaveLength(1)
  expect(stopped.said).toEqual([])
})

test('whatever comes, goes and stands still: soon afterwards each partition has one that counts it', async () => {
  const event = fc.record({
    what: fc.constantFrom('start', 'kill', 'leave', 'stop', 'wake'),
    which: fc.nat({ max: 5 }),
    rounds: fc.nat({ max: LOOKS_TO_BE_GONE + 2 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 20 }), async events => {
      const board = new Board()
      const stopped = new Map<string, NonNullable<ReturnType<Board['processes']['get']>>>()
      let started = 0
      for (const { what, which, rounds } of events) {
        const of = what === 'wake' ? stopped : board.processes
        const name = [...of.keys()][which]
        const process = name === undefined ? undefined : of.get(name)
        if (what === 'start') board.start(`process ${++started}`)
        else if (name !== undefined && process !== undefined) {
          of.delete(name)
          if (what === 'leave') await process.sharing.leave(false)
          if (what === 'stop') stopped.set(name, process)
          if (what === 'wake') board.processes.set(name, process)
        }
        await board.look(rounds)
      }
      board.start('the last')
      await board.look(LOOKS_TO_BE_GONE + 3)
      for (const partition of Array(PARTITIONS).keys()) expect(board.holders(partition)).toHaveLength(1)
    }),
    { numRuns: 300 },
  )
})
