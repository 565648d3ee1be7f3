import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { expect, test } from 'vitest'
import { describeLack } from './describe-lack.ts'

const neededMs = Date.parse('2026-10-31T23:00:00Z')
const throughMs = neededMs - 3_600_000
const open = { kind: 'source_open', source: 'gw1', throughMs, neededMs } as const
const gone = { instance: '5f2c9a01d3e84b76', host: 'gw-1', throughMs }
const RETIRE = 'forbruk source retire gw1 --instance 5f2c9a01d3e84b76 --reason TEXT'

test('of several shippers under one name those that are behind are named, with what to type', () => {
  const sentence = describeLack({ ...open, obstacles: NO_OBSTACLES, behind: [gone] })
  expect(sentence).toContain(
    'source gw1: its shipper 5f2c9a01d3e84b76 on gw-1 shipped through 2026-10-31T22:00:00Z;',
  )
  expect(sentence).toContain(RETIRE)
  const many = describeLack({
    ...open,
    obstacles: NO_OBSTACLES,
    behind: Array.from({ length: 9 }, () => gone),
  })
  expect(many).toContain('6 more are behind')
  const unnamed = { ...gone, instance: 'unnamed', host: '' }
  expect(describeLack({ ...open, obstacles: NO_OBSTACLES, behind: [unnamed] })).toContain(
    'its shipper unnamed shipped',
  )
})

test('what a person has to see to of a shipper comes with what to type', () => {
  for (const reason of ['instance_silent', 'progress_copied', 'too_many_instances']) {
    const obstacles = { total: 1, listed: [{ reason, path: '5f2c9a01d3e84b76 on gw-1', sinceMs: throughMs }] }
    const sentence = describeLack({ ...open, obstacles, behind: [gone] })
    expect(sentence).toContain(`5f2c9a01d3e84b76 on gw-1 (${reason} since`)
    expect(sentence).toContain(RETIRE)
  }
})
