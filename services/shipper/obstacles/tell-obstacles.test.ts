import { isName } from '@forbruk/schemas/event/check-request.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Obstacle } from './obstacle.ts'
import { tellObstacles, tellPath } from './tell-obstacles.ts'

const obstacle = (sinceMs: number): Obstacle => ({
  ...{
    reason: 'gone',
    path: `/log/${sinceMs}`,
    log: '/log/a.log',
    file: 'ab',
    detail: 'a line',
    version: null,
  },
  sinceMs,
})

test('the oldest are listed, and what is over the bound is counted', () => {
  const { total, listed } = tellObstacles(Array.from({ length: 20 }, (_, index) => obstacle(20 - index)))
  expect(total).toBe(20)
  expect(listed.map(({ sinceMs }) => sinceMs)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
  expect(listed[0]).toEqual({ reason: 'gone', path: '/log/1', sinceMs: 1 })
})

test('whatever a file is called, its path can be told', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 600 }), path => {
      expect(isName(tellPath(path))).toBe(true)
    }),
  )
  expect(tellPath('/log/a\u001b[2J\n.log')).toBe('/log/a?[2J?.log')
  expect(tellPath(`/${'a'.repeat(300)}/b.log`)).toBe(`…${'a'.repeat(249)}/b.log`)
})
