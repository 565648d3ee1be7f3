import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { findRotated } from './find-rotated.ts'
import type { FileFacts, LogFiles } from './log-files.ts'

const facts = (inode: string): FileFacts => ({
  ...{ kind: 'file', device: '1', bytes: 1, modifiedMs: Number(inode), links: 1 },
  ...{ inode, version: inode },
})
const refuse = (code: string) => {
  throw Object.assign(new Error(code), { code })
}

/** Folders with what lies in them; one that is refused has an error's code in its place. */
function disk(folders: Readonly<Record<string, readonly string[] | string>>): LogFiles {
  const paths = Object.entries(folders).flatMap(([folder, names]) =>
    typeof names === 'string' ? [] : names.map(name => `${folder}/${name}`),
  )
  return {
    list: async folder => {
      const names = folders[folder]
      if (names === undefined || typeof names === 'string') return refuse(names ?? 'ENOENT')
      return names.map(name => ({ name, isFolder: folders[`${folder}/${name}`] !== undefined }))
    },
    facts: async path => {
      if (basename(path).includes('refused')) refuse('EACCES')
      const at = paths.indexOf(path)
      return at === -1 ? null : facts(String(at))
    },
    open: async () => refuse('EACCES'),
  }
}

const look = async (folders: Parameters<typeof disk>[0], named: readonly string[] = []) => {
  const found = await findRotated(disk(folders), { path: '/log/a.log', folders: named })
  const pathsOf = (seen: readonly { path: string }[] = []) => seen.map(({ path }) => path)
  return [pathsOf(found?.rotated), pathsOf(found?.unseen), pathsOf(found?.unseenInside)]
}

test('rotated files lie beside the log, in folders that are named, and in the folders in these', async () => {
  const folders = {
    '/log': ['a.log', 'a.log.1', 'b.log.1', 'old'],
    '/log/old': ['a.log.2'],
    '/archive': ['a.log-20261101', '2026'],
    '/archive/2026': ['a.log-20261001.gz'],
  }
  expect(await look(folders)).toEqual([['/log/a.log.1', '/log/old/a.log.2'], [], []])
  expect(await look(folders, ['/archive', '/log'])).toEqual([
    ['/log/a.log.1', '/log/old/a.log.2', '/archive/a.log-20261101', '/archive/2026/a.log-20261001.gz'],
    [],
    [],
  ])
})

test('a folder that is refused is no empty one', async () => {
  const log = { '/log': ['a.log', 'old'] }
  expect(await look({ ...log, '/log/old': 'EACCES' })).toEqual([[], [], ['/log/old']])
  expect(await look({ '/log': 'EACCES' })).toEqual([[], ['/log'], []])
  expect(await look({ ...log, '/log/old': [] }, ['/archive'])).toEqual([[], ['/archive'], []])
  expect(await look({ ...log, '/log/old': 'ENOENT' })).toEqual([[], [], []])
  expect(await look({})).toEqual([[], [], []])
})

test('a file that can not be looked at is no missing one', async () => {
  const folders = { '/log': ['a.log', 'a.log.1'], '/archive/refused': ['a.log.2'] }
  expect(await look(folders, ['/archive/refused'])).toEqual([
    ['/log/a.log.1', '/archive/refused/a.log.2'],
    [],
    [],
  ])
  const refused = disk({ '/log': ['refused.log', 'refused.log.1'] })
  const found = await findRotated(refused, { path: '/log/refused.log', folders: [] })
  expect(found?.unseen.map(({ path }) => path)).toEqual(['/log/refused.log.1', '/log/refused.log'])
})

test('of very many folders those that are not looked at are known', async () => {
  const names = Array.from({ length: 102 }, (_, index) => `d${index}`)
  const folders = Object.fromEntries(names.map(name => [`/log/${name}`, []]))
  expect(await look({ '/log': ['a.log', ...names], ...folders })).toEqual([
    [],
    [],
    ['/log/d100', '/log/d101'],
  ])
})
