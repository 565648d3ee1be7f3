import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type ColumnBlock, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import { inspectStore } from '@forbruk/infra/store/inspect-store.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { StoreError, StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { StoreSettings } from '@forbruk/infra/store/store-settings.ts'
import { safeCount } from '@forbruk/infra/store/tables/codec.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startKillableStore } from '../support/store/killable-store.ts'
import { database, makeFolder, type OpenedStore, readable, writable } from '../support/store/open-stores.ts'
import { SAMPLE_ROWS, sampleShape } from '../support/store/sample-table.ts'
import { rejection } from '../support/wait/rejection.ts'

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
    const shape = z.object({ rows: safeCount.read, sum: z.string() })
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
      `CREATE TABLE converted
       (hour DateTime('UTC'), kind Enum8('a' = 1, 'b' = 2), name LowCardinality(String), number UInt32)
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

it('looking at a server makes no database, and says whether there is one', async () => {
  const folder = await makeFolder()
  onTestFinished(folder.remove)
  await mkdir(folder.path, { recursive: true })
  const server = await startKillableStore(folder.path, join(folder.path, 'output'))
  onTestFinished(() => server.stop())
  const settings: StoreSettings = { kind: 'server', url: server.url, user: 'default', password: '', database }
  const version = expect.stringMatching(/^\d+\.\d+/)
  expect(await inspectStore(settings)).toEqual({ version, exists: false, servedAt: null })
  expect(await inspectStore(settings)).toEqual({ version, exists: false, servedAt: null })
  const store = await openStore(settings)
  await store.close()
  expect(await inspectStore(settings)).toEqual({ version, exists: true, servedAt: null })
})
