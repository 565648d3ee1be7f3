import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ColumnBlock, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import { openReadableStore, openStore, type StoreSettings } from '@forbruk/infra/store/open-store.ts'
import { putIfAbsent } from '@forbruk/infra/store/put-if-absent.ts'
import { type Store, StoreError, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startKillableStore } from '../support/killable-store.ts'
import { startStoreHolder } from '../support/start-store-holder.ts'
import { fillSample, SAMPLE_ROWS, sampleShape } from '../support/store-fixture.ts'

type OpenedStore = { readonly store: Store; close(): Promise<void> }

const database = 'forbruk_contract'
const serverUrl = process.env.CLICKHOUSE_URL

async function makeFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'forbruk-store-'))
  return { path: join(root, 'store'), remove: () => rm(root, { recursive: true, force: true }) }
}

async function openEmbedded(): Promise<OpenedStore> {
  const folder = await makeFolder()
  const store = await openStore({ kind: 'embedded', path: folder.path, database })
  await fillSample(store)
  return {
    store,
    async close() {
      await store.close()
      await folder.remove()
    },
  }
}

/** Through the read-only endpoint of another process. */
async function openReader(): Promise<OpenedStore> {
  const folder = await makeFolder()
  const holder = await startStoreHolder(folder.path, 'serve')
  const store = await openReadableStore({ kind: 'embedded', path: folder.path, database: 'forbruk' })
  return {
    store,
    async close() {
      await store.close()
      await holder.stop()
      await folder.remove()
    },
  }
}

async function openServer(): Promise<OpenedStore> {
  const { CLICKHOUSE_USER: user = 'default', CLICKHOUSE_PASSWORD: password = '' } = process.env
  const store = await openStore({ kind: 'server', url: serverUrl ?? '', user, password, database })
  await fillSample(store)
  return {
    store,
    async close() {
      await store.command('DROP DATABASE forbruk_contract')
      await store.close()
    },
  }
}

/** What a server does, by a process that speaks its protocol. */
async function openStandIn(): Promise<OpenedStore> {
  const folder = await makeFolder()
  await mkdir(folder.path, { recursive: true })
  const server = await startKillableStore(folder.path, join(folder.path, 'output'))
  const store = await openStore({ kind: 'server', url: server.url, user: 'default', password: '', database })
  return {
    store,
    async close() {
      await store.close()
      await server.stop()
      await folder.remove()
    },
  }
}

const readable = [
  { kind: 'embedded', open: openEmbedded },
  { kind: 'reader', open: openReader },
  ...(serverUrl ? [{ kind: 'server', open: openServer }] : []),
]

describe.each(readable)('reading from a store of kind $kind', ({ kind, open }) => {
  let opened: OpenedStore
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())

  it('says what it is', () => {
    expect(opened.store.kind).toBe(kind)
  })

  it('gives every type back as it was written', async () => {
    expect(await opened.store.query('SELECT * FROM sample ORDER BY id', sampleShape)).toEqual(SAMPLE_ROWS)
  })

  it('binds parameters, whatever is in them', async () => {
    const idShape = z.object({ id: z.int() })
    const byClient = 'SELECT id FROM sample WHERE client_id = {client:String}'
    for (const { id, client_id } of SAMPLE_ROWS) {
      expect(await opened.store.query(byClient, idShape, { client: client_id })).toEqual([{ id }])
    }
    expect(await opened.store.query(byClient, idShape, { client: `' OR 1 = 1 --` })).toEqual([])
    const echo =
      'SELECT {text:String} AS text, {count:UInt64} AS count, {flag:Bool} AS flag, {list:Array(String)} AS list'
    const values = {
      text: `\\'"\t\n\\N{x:String}`,
      count: 9_007_199_254_740_991,
      flag: true,
      list: [`a'b`, 'c\\', ''],
    }
    expect(await opened.store.query(echo, z.unknown(), values)).toEqual([
      { ...values, count: '9007199254740991' },
    ])
  })

  it('keeps the parameters of queries at the same time apart', async () => {
    const shape = z.object({ value: z.int() })
    const values = Array.from({ length: 24 }, (_, index) => index)
    const answers = await Promise.all(
      values.map(value => opened.store.query('SELECT {value:UInt32} AS value', shape, { value })),
    )
    expect(answers.map(([row]) => row?.value)).toEqual(values)
  })

  it('prints times in UTC, wherever this runs', async () => {
    const text = await opened.store.queryText('SELECT toDateTime(0), timezoneOf(now())', 'TSV')
    expect(text).toBe('1970-01-01 00:00:00\tUTC\n')
  })

  it('answers in any format, and in the one a statement asks for', async () => {
    expect(
      await opened.store.queryText('SELECT 1 AS a, {b:String} AS b;', 'CSVWithNames', { b: 'x,y' }),
    ).toBe('"a","b"\n1,"x,y"\n')
    expect(await opened.store.queryText('SELECT 1 AS a FORMAT JSONCompactEachRow', 'CSV')).toBe('[1]\n')
    expect(await opened.store.queryText('SHOW TABLES -- of the current database', 'TSV')).toBe('sample\n')
  })

  it('answers bytes as they are, for formats that are no text', async () => {
    const bytes = await opened.store.queryBytes('SELECT unhex({hex:String}) AS b', 'RawBLOB', {
      hex: '00ff80c3',
    })
    expect(bytes.toString('hex')).toBe('00ff80c3')
    const parquet = await opened.store.queryBytes('SELECT number FROM numbers(1000)', 'Parquet')
    expect([parquet.subarray(0, 4), parquet.subarray(-4)].join()).toBe('PAR1,PAR1')
  })

  it.each([
    ['SELECT * FROM no_such_table', 'UNKNOWN_TABLE', 'no_such_table'],
    ['SELECT no_such_column FROM sample', 'UNKNOWN_IDENTIFIER', 'no_such_column'],
    ['SELEC 1', 'SYNTAX_ERROR', 'Syntax error'],
    ['SELECT {missing:String}', 'UNKNOWN_QUERY_PARAMETER', 'missing'],
  ])('%s is a StoreError in ClickHouse’s words', async (sql, code, words) => {
    const error = await rejection(opened.store.query(sql, z.unknown()))
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
  })

  it('refuses an unknown format', async () => {
    await expect(opened.store.queryText('SELECT 1', 'Nonsense')).rejects.toMatchObject({
      code: 'UNKNOWN_FORMAT',
    })
  })

  it('names the query and the place of a row that isn’t what was expected', async () => {
    const error = await rejection(opened.store.query('SELECT 1 AS a', z.object({ a: z.string() })))
    expect(error).toMatchObject({
      code: 'UNEXPECTED_ROW',
      message: expect.stringMatching(/«SELECT 1 AS a» has at "a"/),
    })
  })
})

const writable = [
  ...readable.filter(({ kind }) => kind !== 'reader'),
  { kind: 'server, by a stand-in', open: openStandIn },
]

describe.each(writable)('writing to a store of kind $kind', ({ open }) => {
  let opened: OpenedStore
  beforeAll(async () => {
    opened = await open()
    await opened.store.command(
      'CREATE TABLE IF NOT EXISTS counted (n UInt64, s String) ENGINE = MergeTree ORDER BY n',
    )
  })
  afterAll(() => opened.close())

  it('writes nothing for no rows, not even to a table that isn’t there', async () => {
    await opened.store.insert('no_such_table', [])
  })

  it('takes many rows at once and several inserts and queries at the same time', async () => {
    const total = 'SELECT count() AS rows, sum(n) AS sum FROM counted'
    const shape = z.object({ rows: z.coerce.number(), sum: z.string() })
    const batches = Array.from({ length: 4 }, (_, batch) =>
      Array.from({ length: 10_000 }, (_, index) => ({ n: batch * 10_000 + index, s: `'${index}\n` })),
    )
    await Promise.all(
      batches.flatMap(rows => [
        opened.store.insert('counted', rows),
        opened.store.query('SELECT {n:UInt8} AS n', z.unknown(), { n: 1 }),
      ]),
    )
    expect(await opened.store.query(total, shape)).toEqual([{ rows: 40_000, sum: '799980000' }])
  })

  it('takes a misspelt column for an error, not for nothing', async () => {
    for (const insert of [
      opened.store.insert('counted', [{ n: 1, t: 'x' }]),
      opened.store.insertBlocks('counted', [block(['n', 't'], [[1, 'x']])]),
    ]) {
      const error = await rejection(insert)
      expect(error).toBeInstanceOf(StoreError)
      expect(error).toMatchObject({ message: expect.stringContaining('t') })
    }
  })

  it('takes rows as columns, value for value, and explains what is wrong with them', async () => {
    await opened.store.command('CREATE TABLE columnar (n UInt64, s String) ENGINE = MergeTree ORDER BY n')
    const columns = ['n', 's']
    const rows = ['', 'plain', '"\\\n\u0000ø\u001f', '漢', 'x'.repeat(20_000)].map(
      (text, index) => [Number.MAX_SAFE_INTEGER - index, text] as const,
    )
    await opened.store.insertBlocks('columnar', [
      block(columns, rows.slice(0, 2)),
      block(columns, []),
      block(columns, rows.slice(2)),
    ])
    await opened.store.insertBlocks('columnar', [block(columns, [])])
    await opened.store.insertBlocks('no_such_table', [])
    const found = await opened.store.query('SELECT n, s FROM columnar ORDER BY n DESC', z.unknown())
    expect(found).toEqual(rows.map(([n, s]) => ({ n: String(n), s })))
    const lost = opened.store.insertBlocks('no_such_table', [block(columns, rows)])
    expect(await rejection(lost)).toMatchObject({ name: 'StoreError', code: 'UNKNOWN_TABLE' })
  })

  it('turns columns into the types of the table', async () => {
    await opened.store.command(
      `CREATE TABLE converted (hour DateTime('UTC'), kind Enum8('a' = 1, 'b' = 2), name LowCardinality(String), number UInt32)
       ENGINE = MergeTree ORDER BY hour`,
    )
    const columns = [
      NumberColumn.of('hour', 'UInt32', 3_600, 2),
      NumberColumn.of('kind', 'UInt8', 2, 2),
      TextColumn.of('name', 'ø', 2),
      NumberColumn.of('number', 'UInt32', 4_294_967_295, 2),
    ]
    await opened.store.insertBlocks('converted', [{ rows: 2, columns }])
    const found = await opened.store.query('SELECT * FROM converted', z.unknown())
    const row = { hour: '1970-01-01 01:00:00', kind: 'b', name: 'ø', number: 4_294_967_295 }
    expect(found).toEqual([row, row])
  })

  it('refuses a number that a double doesn’t hold', async () => {
    await expect(opened.store.insert('counted', [{ n: 2 ** 53 }])).rejects.toMatchObject({
      code: 'INEXACT_NUMBER',
    })
  })
})

function block(
  [numberName = '', textName = '']: readonly string[],
  rows: readonly (readonly [number, string])[],
): ColumnBlock {
  const numbers = new NumberColumn(numberName, 'UInt64', rows.length)
  const texts = new TextColumn(textName, 0)
  for (const [number, text] of rows) {
    const bytes = new DataView(Uint8Array.from(Buffer.from(text)).buffer)
    numbers.add(number)
    texts.add(bytes, 0, bytes.byteLength)
  }
  return { rows: rows.length, columns: [numbers, texts] }
}

const takenShape = z.object({ key: z.string(), holder: z.string() })

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
    table: 'taken',
    row: { key, holder },
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
  it('is refused to a second process, by name; and free after a crash, with what was written', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const settings: StoreSettings = { kind: 'embedded', path: folder.path, database: 'forbruk' }
    const holder = await startStoreHolder(folder.path)
    const error = await rejection(openStore(settings))
    expect(error).toMatchObject({ code: 'FOLDER_HELD' })
    expect(error.message).toBe(`the data folder ${folder.path} is held by process ${holder.pid}: stop it`)
    await expect(openReadableStore(settings)).rejects.toMatchObject({ code: 'FOLDER_HELD' })

    await holder.kill()
    const store = await openStore(settings)
    onTestFinished(() => store.close())
    expect(await store.query('SELECT * FROM sample ORDER BY id', sampleShape)).toEqual(SAMPLE_ROWS)
  })

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

  it('is read through its holder’s endpoint, which can’t write and says so', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const settings: StoreSettings = { kind: 'embedded', path: folder.path, database: 'forbruk' }
    const holder = await startStoreHolder(folder.path, 'serve')
    const error = await rejection(openStore(settings))
    expect(error.message).toContain(`held by process ${holder.pid}`)
    expect(error.message).toContain(`its endpoint ${holder.answer}`)

    const reader = await openReadableStore(settings)
    expect(reader.kind).toBe('reader')
    await expect(reader.insert('sample', [{ id: 3 }])).rejects.toMatchObject({ code: 'READONLY' })
    await expect(reader.command('DROP TABLE sample')).rejects.toMatchObject({ code: 'READONLY' })
    await expect(reader.query('DROP TABLE sample', z.unknown())).rejects.toMatchObject({ code: 'READONLY' })

    await holder.kill()
    expect(await rejection(reader.query('SELECT 1', z.unknown()))).toBeInstanceOf(StoreUnavailableError)
    await reader.close()

    // What the killed process announced is still there and leads nowhere.
    const store = await openReadableStore(settings)
    expect(store.kind).toBe('embedded')
    await store.close()
    await expect(store.query('SELECT 1', z.unknown())).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('isn’t mistaken for another store that took over a killed one’s port', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const holder = await startStoreHolder(folder.path, 'serve')
    await holder.kill()
    const stranger = createServer((_, response) => response.end('Ok.\n')).listen(
      Number(new URL(holder.answer).port),
    )
    onTestFinished(() => void stranger.close())
    const announced = JSON.parse(await readFile(`${folder.path}.endpoint.json`, 'utf8'))
    // Even a process of that number being alive again proves nothing.
    await writeFile(`${folder.path}.endpoint.json`, JSON.stringify({ ...announced, pid: process.ppid }))

    const store = await openReadableStore({ kind: 'embedded', path: folder.path, database: 'forbruk' })
    onTestFinished(() => store.close())
    expect(store.kind).toBe('embedded')
  })
})

describe('a server that isn’t there', () => {
  it('is a StoreUnavailableError that names it', async () => {
    const unused = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => unused.once('listening', resolve))
    const address = unused.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise(resolve => unused.close(resolve))
    const url = `http://127.0.0.1:${port}`
    const error = await rejection(
      openStore({ kind: 'server', url, user: 'default', password: 'hunter2', database }),
    )
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect(error.message).toContain(url)
    expect(error.message).not.toContain('hunter2')
  })
})

/** The keys that key-taker.ts said it holds before it was killed, in the midst of taking another. */
async function takeUntilKilled(folder: string, count: number): Promise<string[]> {
  const script = new URL('../support/key-taker.ts', import.meta.url).pathname
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

async function rejection(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  )
  return error instanceof Error ? error : new Error(String(error))
}
