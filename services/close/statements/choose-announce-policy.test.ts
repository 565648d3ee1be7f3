import { expect, test } from 'vitest'
import { chooseAnnouncePolicy } from './choose-announce-policy.ts'

test('what the schedule closes waits, unless it is set otherwise; what a person closes does not', () => {
  expect(chooseAnnouncePolicy(null, 'person')).toBe('immediately')
  expect(chooseAnnouncePolicy(null, 'schedule')).toBe('after-approval')
  for (const setting of ['immediately', 'after-approval'] as const) {
    expect(chooseAnnouncePolicy(setting, 'person')).toBe(setting)
    expect(chooseAnnouncePolicy(setting, 'schedule')).toBe(setting)
  }
})
