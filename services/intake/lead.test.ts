import { LOOKS_TO_BE_GONE, type Sign } from '@forbruk/infra/signs/neighbours.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { expect, test } from 'vitest'
import { type TurnEnd, Turns } from './lead.ts'

/** Processes that look when they are told to. */
class Board {
  readonly signs = new Map<string, Sign>()
  readonly said: string[] = []
  isAway = false
  readonly #wakes = new Map<string, () => void>()
  readonly #processes = new Map<string, { end: (end: TurnEnd) => void; stop: AbortController }>()
  leading: string[] = []

  start(self: string): Promise<TurnEnd> {
    const stop = new AbortController()
    const turns = new Turns({
      self,
      board: {
        tell: async sign => {
          if (this.isAway) throw new StoreUnavailableError('away')
          this.signs.set(sign.process, sign)
        },
        read: async () => {
          if (this.isAway) throw new StoreUnavailableError('away')
          return [...this.signs.values()]
        },
      },
      onWait: leader => void this.said.push(`${self} waits for ${leader}`),
      sleep: (_delayMs, signal) =>
        new Promise(resolve => {
          this.#wakes.set(self, resolve)
          signal.addEventListener('abort', () => resolve())
        }),
    })
    const lead = () => {
      this.leading.push(self)
      return new Promise<TurnEnd>(resolve => {
        const end = (how: TurnEnd) => {
          this.leading = this.leading.filter(each => each !== self)
          resolve(how)
        }
        this.#processes.set(self, { end, stop })
        stop.signal.addEventListener('abort', () => end('done'))
      })
    }
    this.#processes.set(self, { end: () => undefined, stop })
    return turns.take(lead, stop.signal)
  }

  end(self: string, how: TurnEnd): void {
    this.#processes.get(self)?.end(how)
  }

  stop(self: string): void {
    this.#processes.get(self)?.stop.abort()
  }

  async look(...processes: readonly string[]): Promise<void> {
    await settle()
    for (const each of processes) {
      this.#wakes.get(each)?.()
      await settle()
    }
  }
}

function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

test('one leads, whoever comes, until it ends in order', async () => {
  const board = new Board()
  void board.start('b')
  await board.look()
  void board.start('a')
  for (let looks = 0; looks < 20; looks++) await board.look('a', 'b')
  expect([board.leading, board.said]).toEqual([['b'], ['a waits for b']])
  board.stop('b')
  await board.look('a')
  expect(board.leading).toEqual(['a'])
})

test('one that gives no sign is followed after six looks, and shut out when it wakes up', async () => {
  const board = new Board()
  const slept = board.start('a')
  await board.look()
  void board.start('b')
  for (let looks = 1; looks < LOOKS_TO_BE_GONE; looks++) await board.look('b')
  expect(board.leading).toEqual(['a'])
  await board.look('b')
  expect(board.leading).toEqual(['a', 'b'])
  board.end('a', 'superseded')
  await board.look('b', 'a', 'b', 'a')
  expect([board.leading, board.said]).toEqual([['b'], ['b waits for a', 'a waits for b']])
  board.stop('a')
  expect(await slept).toBe('done')
})

test('one that is shut out by somebody whom nobody knows says so', async () => {
  const board = new Board()
  const ended = board.start('a')
  await board.look()
  board.end('a', 'superseded')
  for (let looks = 0; looks <= LOOKS_TO_BE_GONE; looks++) await board.look('a')
  expect(await ended).toBe('superseded')
})

test('of two that come at a time one leads, and the other by name once it is gone', async () => {
  const board = new Board()
  void board.start('b')
  void board.start('a')
  await board.look()
  // Both may: the later claim shuts the other out.
  for (const each of board.leading.slice(0, -1)) board.end(each, 'superseded')
  for (let looks = 0; looks < 10; looks++) await board.look('a', 'b')
  expect(board.leading).toHaveLength(1)
})

test('while the store is away whoever leads goes on, and nobody begins', async () => {
  const board = new Board()
  void board.start('b')
  await board.look()
  void board.start('a')
  await board.look()
  board.isAway = true
  for (let looks = 0; looks < 20; looks++) await board.look('a', 'b')
  expect(board.leading).toEqual(['b'])
})

test('what ends a turn by an error ends it all', async () => {
  const board = new Board()
  const failing = new Turns({
    self: 'a',
    board: {
      tell: async sign => void board.signs.set('a', sign),
      read: async () => [...board.signs.values()],
    },
    onWait: () => undefined,
    sleep: async () => undefined,
  })
  const failed = failing.take(() => Promise.reject(new Error('no topic')), new AbortController().signal)
  await expect(failed).rejects.toThrow('no topic')
  expect(board.signs.get('a')).toMatchObject({ isLeaving: true, held: [] })
})
