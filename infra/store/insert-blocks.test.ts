import { createClient } from '@clickhouse/client'
import { expect, onTestFinished, test } from 'vitest'
import { NumberColumn } from './column-block.ts'
import { encodeNative, insertThroughFile } from './insert-blocks.ts'
import { StoreUnavailableError } from './store.ts'

const block = { rows: 2, columns: [NumberColumn.of('n', 'UInt32', 7, 2)] }

test('a block is its columns and rows, then each column with its name, type and values', () => {
  const one = Buffer.from([1, 2, 1, 0x6e, 6, ...Buffer.from('UInt32'), 7, 0, 0, 0, 7, 0, 0, 0])
  expect(Buffer.concat(encodeNative([block, block]))).toEqual(Buffer.concat([one, one]))
})

test('a disk that takes nothing may take it later', async () => {
  const client = createClient()
  onTestFinished(() => client.close())
  const lost = insertThroughFile(client, '/no/such/folder')('usage_rollup', [block])
  await expect(lost).rejects.toThrow(StoreUnavailableError)
  await expect(lost).rejects.toThrow("rows can't be written to /no/such/folder: Error: ENOENT")
})
