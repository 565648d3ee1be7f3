import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

const stated = { month: '2026-10', revision: 2 }

test.each([
  ['fjell-regnskap', '2026-10-r2-fjell-regnskap.html'],
  ['../../etc/passwd', '2026-10-r2-%2e%2e%2f%2e%2e%2fetc%2fpasswd.html'],
  ['Ås', '2026-10-r2-%c3%85s.html'],
])('the page of %s is %s', (payerId, name) => {
  expect(fileNameOf(stated, payerId)).toBe(name)
})

test('no two payers share a file, also where case is no difference, and every file system takes the name', () => {
  const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 256 })
  fc.assert(
    fc.property(id, id, (one, other) => {
      const names = [one, other].map(each => fileNameOf(stated, each))
      for (const name of names) expect(name).toMatch(/^2026-10-r2-[a-z0-9%-]{1,200}\.html$/)
      expect(names[0]?.toLowerCase() === names[1]?.toLowerCase()).toBe(
        one.toWellFormed() === other.toWellFormed(),
      )
    }),
  )
})
