import { STATUS_CLASSES } from '@forbruk/schemas/event/status-class.ts'
import { expect, test } from 'vitest'
import { classifyStatus } from './classify-status.ts'

const classOf = (status: number, foldVersion: number) => STATUS_CLASSES[classifyStatus(status, foldVersion)]

test.each([
  [0, '0xx', '0xx'],
  [204, '2xx', '2xx'],
  [400, '4xx', '4xx'],
  [401, '4xx', '401/407'],
  [403, '4xx', '4xx'],
  [407, '4xx', '401/407'],
  [428, '4xx', '4xx'],
  [429, '4xx', '429'],
  [430, '4xx', '4xx'],
  [599, '5xx', '5xx'],
])('status %d is counted as %s by version 1, and as %s since version 2', (status, first, since) => {
  expect([classOf(status, 1), classOf(status, 2), classOf(status, 3)]).toEqual([first, since, since])
})
