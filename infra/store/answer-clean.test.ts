import { expect, test } from 'vitest'
import { answerClean } from './answer-clean.ts'

/** An engine that puts what is left of a failed answer before the next one. */
function createEngine() {
  let left = ''
  let running = 0
  return {
    async ask(text: string, isFailing = false): Promise<string> {
      running++
      expect(running).toBe(1)
      await new Promise(resolve => setImmediate(resolve))
      running--
      if (isFailing) {
        left += text
        throw new Error(`${text} failed`)
      }
      const answer = left + text
      left = ''
      return answer
    },
  }
}

test('what is left of an answer that failed is nobody else’s, though all ask at once', async () => {
  const engine = createEngine()
  const inTurn = answerClean(() => engine.ask('rinse'))
  const answers = await Promise.allSettled([
    inTurn(() => engine.ask('a')),
    inTurn(() => engine.ask('half', true)),
    inTurn(() => engine.ask('half', true)),
    inTurn(() => engine.ask('b')),
    inTurn(() => engine.ask('c')),
  ])
  expect(answers.map(each => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
    ...['a', 'Error: half failed', 'Error: half failed', 'b', 'c'],
  ])
})

test('nothing is asked before it could be rinsed', async () => {
  const engine = createEngine()
  let failures = 2
  const inTurn = answerClean(() => engine.ask('rinse', failures-- > 0))
  await expect(inTurn(() => engine.ask('half', true))).rejects.toThrow('half failed')
  await expect(inTurn(() => engine.ask('a'))).rejects.toThrow('rinse failed')
  await expect(inTurn(() => engine.ask('a'))).rejects.toThrow('rinse failed')
  expect(await inTurn(() => engine.ask('a'))).toBe('a')
})
