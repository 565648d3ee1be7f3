import { copyFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countOnce, lines, openWorld, type World } from '../../test/support/shipper/shipper-world.ts'
import { SharedFileError } from './recognise/find-shared.ts'

let world: World
beforeEach(() => {
  world = openWorld()
})
afterEach(() => world.close())

const shipAs = (source: string, file: string) => world.ship([world.path(file)], { source })

/** The bytes of every line are its own, so they say which lines are counted, and how often. */
async function countedLines(): Promise<number[]> {
  const events = countOnce(await world.readAll())
  return events.flatMap(event => (event.kind === 'request' ? [event.responseBytes - 1_000] : []))
}

const upTo = (end: number) => Array.from({ length: end }, (_, number) => number)
const sorted = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other)

describe('a file that another source has shipped', () => {
  test('is refused with the name that it has, and nothing of it is sent', async () => {
    const path = world.write('access.log', lines(0, 3))
    await shipAs('gateway-1', 'access.log')
    const before = (await world.readAll()).length
    await expect(shipAs('gateway-2', 'access.log')).rejects.toThrow(
      `${path}: is a file of the source "gateway-1", which has shipped it through byte`,
    )
    // As often as it is tried, also once it has grown.
    world.append('access.log', lines(3, 20))
    await expect(shipAs('gateway-2', 'access.log')).rejects.toThrow(SharedFileError)
    expect((await world.readAll()).length).toBe(before)
    await shipAs('gateway-1', 'access.log')
    expect(sorted(await countedLines())).toEqual(upTo(20))
  })

  test('is known by its lines where it lies elsewhere', async () => {
    world.write('access.log', lines(0, 30))
    await shipAs('gateway-1', 'access.log')
    copyFileSync(world.path('access.log'), world.path('copied.log'))
    await expect(shipAs('gateway-2', 'copied.log')).rejects.toThrow(SharedFileError)
    // The source itself knows the copy, as ever.
    await shipAs('gateway-1', 'copied.log')
    expect(sorted(await countedLines())).toEqual(upTo(30))
  })

  test('is not one that only begins like it', async () => {
    world.write('one.log', lines(0, 3))
    world.write('other.log', lines(0, 1) + lines(50, 60))
    await shipAs('gateway-1', 'one.log')
    await shipAs('gateway-2', 'other.log')
    expect(await countedLines()).toHaveLength(14)
  })

  test('keeps the other files of the source shippable', async () => {
    world.write('mine.log', lines(100, 110))
    world.write('access.log', lines(0, 10))
    await shipAs('gateway-1', 'access.log')
    const both = ['mine.log', 'access.log'].map(world.path)
    await expect(world.ship(both, { source: 'gateway-2' })).rejects.toThrow(SharedFileError)
    await shipAs('gateway-2', 'mine.log')
    expect(await countedLines()).toHaveLength(20)
  })
})

test('of two sources that begin the same file at once, at most one ships it', async () => {
  world.write('access.log', lines(0, 500))
  const outcomes = await Promise.allSettled(
    ['gateway-1', 'gateway-2'].map(name => shipAs(name, 'access.log')),
  )
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  expect([0, 500]).toContain((await countedLines()).length)
})

test('whoever ships whichever copy, in any order and however often, no line is counted twice', async () => {
  const run = fc.record({
    source: fc.constantFrom('gateway-1', 'gateway-2', 'gateway-3'),
    file: fc.constantFrom('access.log', 'copied.log'),
    grows: fc.nat(3),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 8 }), async runs => {
      await world.close()
      world = openWorld()
      let written = 10
      world.write('access.log', lines(0, written))
      for (const { source, file, grows } of runs) {
        world.append('access.log', lines(written, written + grows))
        written += grows
        if (file === 'copied.log') copyFileSync(world.path('access.log'), world.path(file))
        await shipAs(source, file).catch(error => {
          if (!(error instanceof SharedFileError)) throw error
        })
      }
      const counted = sorted(await countedLines())
      expect(counted).toEqual(upTo(counted.length))
      expect(counted.length).toBeGreaterThanOrEqual(10)
    }),
    { numRuns: 20 },
  )
})
