import { describe, expect, it } from 'vitest'
import { createAdmission } from './admit.ts'

describe('createAdmission', () => {
  it('runs so many at once, keeps so many waiting, refuses the rest, and frees places', async () => {
    const admission = createAdmission(2, 3)
    let running = 0
    let peak = 0
    const gate = Promise.withResolvers<void>()
    const step = async () => {
      running += 1
      peak = Math.max(peak, running)
      await gate.promise
      running -= 1
      return 'done'
    }
    const all = Array.from({ length: 7 }, () => admission.run(step))
    gate.resolve()
    const answers = await Promise.all(all)
    expect(answers.filter(answer => answer?.answer === 'done')).toHaveLength(5)
    expect(answers.slice(5)).toEqual([null, null])
    expect(peak).toBe(2)
    expect(await admission.run(step)).toEqual({ answer: 'done' })
  })

  it('frees the place of a step that throws', async () => {
    const admission = createAdmission(1, 0)
    await expect(admission.run(() => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
    expect(await admission.run(async () => 1)).toEqual({ answer: 1 })
  })
})
