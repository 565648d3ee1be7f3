import { expect, test } from 'vitest'
import { judgeKafka } from './judge-kafka.ts'
import { judgeSpace } from './judge-space.ts'

test('little room and a topic with faults are warned of', () => {
  expect(judgeSpace('/data', 1_940_000_000)).toEqual({
    state: 'warning',
    found: '/data: only 1.9 GB free, expected at least 2 GB: make room',
  })
  expect(judgeSpace('/data', 2_000_000_000).state).toBe('ok')
  const facts = { partitionCount: 1, recordBatchBytesMax: 1, warnings: ['too short', 'too small'] }
  expect(judgeKafka('requests', 8, { brokers: 3, topic: facts })).toEqual({
    state: 'warning',
    found: 'Kafka of 3 brokers; "requests" of 1 partition\ntoo short\ntoo small',
  })
})
