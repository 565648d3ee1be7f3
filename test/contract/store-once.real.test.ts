import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { StoreSettings } from '@forbruk/infra/store/store-settings.ts'
import { text } from '@forbruk/infra/store/tables/codec.ts'
import { declareTable, select } from '@forbruk/infra/store/tables/table.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { makeFolder, type OpenedStore, writable } from '../support/store/open-stores.ts'

const taken = declareTable('taken', { key: text, holder: text })
const { shape: takenShape } = select(taken)

async function createTaken(store: Store): Promise<void> {
  await store.command(`
    CREATE OR REPLACE TABLE taken (key String, holder String) ENGINE = MergeTree ORDER BY key
    SETTINGS non_replicated_deduplication_window = 1000000, replicated_deduplication_window = 1000000,
      replicated_deduplication_window_seconds = 3155760000, fsync_after_insert = 1, fsync_part_directory = 1`)
}

async function readHolder(store: Store, key: string): Promise<string | null> {
  const [row] = await store.query('SELECT key, holder FROM taken WHERE key = {key:String}', takenShape, {
    key,
  })
  return row?.holder ?? null
}

function take(store: Store, key: string, holder: string): Promise<string> {
  return putIfAbsent({
    store,
    table: taken,
    values: [{ key, holder }],
    key,
    read: () => readHolder(store, key),
  })
}

describe.each(writable)('inserting once into a store of kind $kind', ({ open }) => {
  let opened: OpenedStore
  beforeAll(async () => {
    opened = await open()
    await createTaken(opened.store)
  })
  afterAll(() => opened.close())

  it('of many at a time writes one, and all learn which', async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `it's \\ key ${index}`)
    const holders = await Promise.all(
      keys.map(key =>
        Promise.all(Array.from({ length: 12 }, (_, by) => take(opened.store, key, `by ${by}`))),
      ),
    )
    for (const answers of holders) expect(new Set(answers).size).toBe(1)
    const rows = await opened.store.query('SELECT key, holder FROM taken ORDER BY key', takenShape)
    expect(rows).toEqual(keys.map((key, index) => ({ key, holder: holders[index]?.[0] })))
  })

  it('writes nothing for a key that is taken, whatever the rows are, and also after merges', async () => {
    await opened.store.insert('taken', [{ key: 'merged', holder: 'first' }], { once: 'merged' })
    await opened.store.command('OPTIMIZE TABLE taken FINAL')
    await opened.store.insert('taken', [{ key: 'merged', holder: 'second' }], { once: 'merged' })
    expect(await readHolder(opened.store, 'merged')).toBe('first')
    // The key was for that insert alone: without one, equal rows are rows.
    await opened.store.insert('taken', [{ key: 'free', holder: 'a' }])
    await opened.store.insert('taken', [{ key: 'free', holder: 'b' }])
    expect(
      await opened.store.query(`SELECT key, holder FROM taken WHERE key = 'free'`, takenShape),
    ).toHaveLength(2)
  })

  it('takes the next key when one was lost without its row', async () => {
    await opened.store.insert('taken', [{ key: 'another row', holder: 'lost' }], { once: 'lost' })
    const answers = await Promise.all(['a', 'b', 'c'].map(holder => take(opened.store, 'lost', holder)))
    expect(new Set(answers).size).toBe(1)
  })

  it('refuses a key for more rows than are surely one block, and an empty one', async () => {
    const rows = Array.from({ length: 1_001 }, () => ({ key: 'many', holder: 'x' }))
    await expect(opened.store.insert('taken', rows, { once: 'many' })).rejects.toMatchObject({
      code: 'ONCE_UNSOUND',
    })
    await expect(
      opened.store.insert('taken', [{ key: 'k', holder: 'x' }], { once: '' }),
    ).rejects.toMatchObject({ code: 'ONCE_UNSOUND' })
  })
})

describe('the folder of an embedded store', () => {
  it('keeps the keys of inserts made once, through a restart and a killed process', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const settings: StoreSettings = { kind: 'embedded', path: folder.path, database: 'forbruk' }
    const made = await openStore(settings)
    await createTaken(made)
    await made.close()
    const taken = await takeUntilKilled(folder.path, 20)

    const store = await openStore(settings)
    // One more than it could say: the last was being taken.
    for (const key of [...taken, `key ${taken.length}`]) await take(store, key, 'later')
    await store.close()
    const reopened = await openStore(settings)
    onTestFinished(() => reopened.close())
    await Promise.all([...taken, `key ${taken.length}`].map(key => take(reopened, key, 'latest')))
    const rows = await reopened.query('SELECT key, holder FROM taken', takenShape)
    expect(new Set(rows.map(row => row.key)).size).toBe(rows.length)
    expect(rows).toHaveLength(taken.length + 1)
    for (const key of taken) expect(rows).toContainEqual({ key, holder: 'killed' })
  })
})

/** The keys that key-taker.ts said it holds before it was killed, in the midst of taking another. */
async function takeUntilKilled(folder: string, count: number): Promise<string[]> {
  const script = new URL('../support/store/key-taker.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    if (printed.split('\n').length > count && !child.killed) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return printed.split('\n').filter(key => key !== '')
}
