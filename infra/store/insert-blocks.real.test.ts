import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NumberColumn } from './column-block.ts'
import { openStore } from './open-store.ts'
import { StoreError } from './store.ts'

const block = { rows: 2, columns: [NumberColumn.of('n', 'UInt32', 7, 2)] }

test('nothing is left in the folder of an embedded store, whatever became of the rows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'forbruk-insert-'))
  const store = await openStore({ kind: 'embedded', path: folder, database: 'forbruk' })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  await store.command('CREATE TABLE counted (n UInt64) ENGINE = MergeTree ORDER BY n')
  await store.insertBlocks('counted', [block])
  await expect(store.insertBlocks('no_such_table', [block])).rejects.toThrow(StoreError)
  expect((await readdir(folder)).filter(name => name.startsWith('insert-'))).toEqual([])
})
