import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fingerprint } from './fingerprint.ts'

test('a restored fingerprint has the same value and goes on in the same way', () => {
  const steps = fc.array(fc.oneof(fc.maxSafeNat(), fc.string()), { maxLength: 20 })
  const feed = (fingerprint: Fingerprint, values: readonly (number | string)[]) => {
    for (const value of values) {
      if (typeof value === 'number') fingerprint.addNumber(value)
      else fingerprint.addHash(value.codePointAt(0) ?? 0, value.length)
    }
    return fingerprint.value()
  }
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const whole = new Fingerprint()
      const value = feed(whole, before)
      const restored = Fingerprint.restore(value)
      expect(restored.value()).toBe(value)
      expect(feed(restored, after)).toBe(feed(whole, after))
    }),
  )
})
