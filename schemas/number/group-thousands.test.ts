import { expect, test } from 'vitest'
import { groupThousands } from './group-thousands.ts'

test.each([
  ['', ''],
  ['0', '0'],
  ['999', '999'],
  ['1000', '1 000'],
  ['-999', '-999'],
  ['-1234567', '-1 234 567'],
  ['18446744073709551615', '18 446 744 073 709 551 615'],
])('%s is %s', (whole, grouped) => expect(groupThousands(whole, ' ')).toBe(grouped))
