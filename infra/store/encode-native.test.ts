import { expect, test } from 'vitest'
import { NumberColumn } from './column-block.ts'
import { encodeNative } from './encode-native.ts'

const block = { rows: 2, columns: [NumberColumn.of('n', 'UInt32', 7, 2)] }

test('a block is its columns and rows, then each column with its name, type and values', () => {
  const one = Buffer.from([1, 2, 1, 0x6e, 6, ...Buffer.from('UInt32'), 7, 0, 0, 0, 7, 0, 0, 0])
  expect(Buffer.concat(encodeNative([block, block]))).toEqual(Buffer.concat([one, one]))
})
