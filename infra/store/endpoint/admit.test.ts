import { describe, expect, it } from 'vitest'
import { createAdmission } from './admit.ts'

const BOUNDS = { runningMax: 2, runningPerCallerMax: 2, waitingMax: 3, waitingPerCallerMax: 3 }

/** Steps that say who runs and end when they are told to. */
function observe() {
  const running: string[] = []
  const gate = Promise.withResolvers<void>()
  const step = (caller: string) => async () => {
    running.push(caller)
    await gate.promise
    return caller
  }
  return { running, step, open: () => gate.resolve() }
}

describe('createAdmission', () => {
  it('runs so many at once, keeps so many waiting, refuses the rest, and frees places', async () => {
    const admission = createAdmission(BOUNDS)
    const { running, step, open } = observe()
    const all = Array.from({ length: 7 }, () => admission.run('a', step('a')))
    expect(running).toHaveLength(2)
    open()
    const answers = await Promise.all(all)
    expect(answers.filter(answer => answer?.answer === 'a')).toHaveLength(5)
    expect(answers.slice(5)).toEqual([null, null])
    expect(await admission.run('a', step('a'))).toEqual({ answer: 'a' })
  })

  it('leaves a place, and room to wait, for another caller', async () => {
    const admission = createAdmission({ ...BOUNDS, runningPerCallerMax: 1, waitingPerCallerMax: 2 })
    const { running, step, open } = observe()
    const greedy = Array.from({ length: 5 }, () => admission.run('a', step('a')))
    const modest = [admission.run('b', step('b')), admission.run('b', step('b'))]
    expect(running).toEqual(['a', 'b'])
    open()
    expect((await Promise.all(greedy)).map(answer => answer !== null)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
    expect((await Promise.all(modest)).map(answer => answer?.answer)).toEqual(['b', 'b'])
  })

  it('frees the place of a step that throws', async () => {
    const admission = createAdmission({ ...BOUNDS, runningMax: 1, waitingMax: 0 })
    await expect(admission.run('a', () => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
    expect(await admission.run('a', async () => 1)).toEqual({ answer: 1 })
  })
})
