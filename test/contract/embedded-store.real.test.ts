import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { openReadableStore, openStore } from '@forbruk/infra/store/open-store.ts'
import { StoreUnavailableError } from '@forbruk/infra/store/store.ts'
import type { StoreSettings } from '@forbruk/infra/store/store-settings.ts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { makeFolder } from '../support/store/open-stores.ts'
import { SAMPLE_ROWS, sampleShape } from '../support/store/sample-table.ts'
import { startStoreHolder } from '../support/store/start-store-holder.ts'
import { rejection } from '../support/wait/rejection.ts'

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

  it('gives nobody what is left of an answer that failed in its middle, in any format', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const store = await openStore({ kind: 'embedded', path: folder.path, database: 'forbruk' })
    onTestFinished(() => store.close())
    const failing = 'SELECT number, throwIf(number = 500000) AS fails FROM numbers(1000000)'
    const one = z.object({ one: z.number() })
    for (const format of ['Parquet', 'CSV', 'Native', 'JSONEachRow']) {
      const [failed, ...others] = await Promise.allSettled([
        store.queryBytes(failing, format),
        store.query('SELECT 1 AS one', one),
        store.queryText('SELECT 2', 'CSV'),
      ])
      expect(failed.status).toBe('rejected')
      expect([format, ...others]).toEqual([
        format,
        { status: 'fulfilled', value: [{ one: 1 }] },
        { status: 'fulfilled', value: '2\n' },
      ])
    }
  })

  it('compiles nothing, however often it is asked, and nor does its holder’s endpoint', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const settings: StoreSettings = { kind: 'embedded', path: folder.path, database: 'forbruk' }
    const holder = await startStoreHolder(folder.path, 'serve')
    const reader = await openReadableStore(settings)
    const compiling = "SELECT name FROM system.settings WHERE startsWith(name, 'compile_') AND value != '0'"
    expect(await reader.query(compiling, z.unknown())).toEqual([])
    await reader.close()
    await holder.kill()

    const store = await openStore(settings)
    onTestFinished(() => store.close())
    expect(await store.query(compiling, z.unknown())).toEqual([])
    for (let time = 0; time < 6; time++)
      await store.query('SELECT sum(number * 3 + 1) FROM numbers(10) WHERE number * 2 + 1 > 3', z.unknown())
    expect(
      await store.queryText("SELECT value FROM system.events WHERE event = 'CompileFunction'", 'TSV'),
    ).toBe('')
  })

  it('isn’t mistaken for another store that took over a killed one’s port', async () => {
    const folder = await makeFolder()
    onTestFinished(folder.remove)
    const holder = await startStoreHolder(folder.path, 'serve')
    await holder.kill()
    // The process that answered for the killed one goes a moment later.
    await expect.poll(() => fetch(holder.answer).catch(() => null)).toBeNull()
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
