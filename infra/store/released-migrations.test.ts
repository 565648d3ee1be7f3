import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { MIGRATIONS } from './migrate.ts'
import { fileName, type Migration, readMigrations } from './read-migrations.ts'

/** By release: the migrations that came with it, each with the checksum that stores keep of it. */
const releasedShape = z.record(z.string(), z.record(z.string(), z.string()))
const versionShape = z.object({ version: z.string() })

const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, MIGRATIONS), 'utf8'))

const releases = releasedShape.parse(readJson('released.json'))
const released = Object.assign({}, ...Object.values(releases))
const migrations = await readMigrations(MIGRATIONS)
const present = Object.fromEntries(migrations.map(each => [fileOf(each), each.checksum]))
const unreleased = migrations.filter(each => !(fileOf(each) in released))

function fileOf({ number, name }: Migration): string {
  return fileName(number, name)
}

test('a released migration is never edited, renamed or removed: stores have it', () => {
  const found = Object.fromEntries(Object.keys(released).map(file => [file, present[file]]))
  expect(found, 'restore the file, and put the change into a new migration').toEqual(released)
})

test('a new migration comes after all released ones, in a store of any age', () => {
  const newest = Math.max(...Object.keys(released).map(file => Number(file.slice(0, 3))))
  const early = unreleased.filter(({ number }) => number <= newest).map(fileOf)
  expect(early, `number it from ${newest + 1} on`).toEqual([])
})

test('the release of package.json is in the list', () => {
  const { version } = versionShape.parse(readJson('../../../package.json'))
  const missing = Object.fromEntries(unreleased.map(each => [fileOf(each), each.checksum]))
  const advice = `add "${version}": ${JSON.stringify(missing, null, 2)} to infra/store/migrations/released.json`
  expect(Object.keys(releases), advice).toContain(version)
})
