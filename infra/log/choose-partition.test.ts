import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePartition } from './choose-partition.ts'

// Hashes from the test of Kafka's own Java client (UtilsTest.testMurmur2).
const javaHashes = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
] as const

test.each(javaHashes)('%s is where the Java client puts it', (key, hash) => {
  for (const partitionCount of [1, 3, 12, 1000]) {
    expect(choosePartition(key, partitionCount)).toBe((hash & 0x7fffffff) % partitionCount)
  }
})

test('any key has one partition, within range', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 64 }), (key, partitionCount) => {
      const partition = choosePartition(key, partitionCount)
      return (
        Number.isInteger(partition) &&
        partition >= 0 &&
        partition < partitionCount &&
        partition === choosePartition(key, partitionCount)
      )
    }),
  )
})
