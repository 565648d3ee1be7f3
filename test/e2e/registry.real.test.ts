import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { forbruk, runForbruk, startForbruk } from '../support/process/run-forbruk.ts'

/** The registry's commands as a user types them, on an embedded store. */
const FILES = ['clients.csv', 'partners.csv', 'integrations.csv', 'activations.csv']
const demo = fileURLToPath(new URL('../../demo/registry/', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'forbruk-registry-'))
let runs = 0
let folder = ''
let settings: Record<string, string> = {}

beforeEach(() => {
  runs += 1
  const place = join(root, String(runs))
  folder = join(place, 'registry')
  mkdirSync(folder, { recursive: true })
  for (const file of FILES) copyFileSync(join(demo, file), join(folder, file))
  settings = { FORBRUK_DATA_DIR: join(place, 'data'), LOG_LEVEL: 'warn' }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const versionsShape = z.array(
  z.object({
    sequence: z.number(),
    holds: z.object({ from: z.string().nullable(), until: z.string().nullable() }).nullable(),
    clients: z.number(),
  }),
)
const list = async () =>
  versionsShape.parse(JSON.parse(await forbruk(['registry', 'list', '--json'], settings)))

function change(file: string, from: string, to: string): void {
  const path = join(folder, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

test('is imported, listed and shown as a month is rated with it', async () => {
  expect(await forbruk(['registry', 'list'], settings)).toBe(
    'no registry is stored; run forbruk registry import\n',
  )
  expect(await forbruk(['registry', 'import', folder], settings)).toBe(
    'imported: 60 clients, 3 partners, 13 integrations, 268 activations\nimport 1 holds for every month\n',
  )
  change('clients.csv', 'Skarvik Rør og Varme AS', 'Skarvik VVS AS')
  expect(await forbruk(['registry', 'import', folder, '--valid-from', '2026-11'], settings)).toMatch(
    /^imported: .*\nimport 2 holds from 2026-11\nmonths before 2026-11 are rated as before; --valid-from .*\n$/,
  )
  expect(await forbruk(['registry', 'import', folder, '--valid-from', '2026-11'], settings)).toMatch(
    /^unchanged: .*\nimport 2 holds from 2026-11\n$/,
  )
  expect(await list()).toMatchObject([
    { sequence: 1, holds: { from: null, until: '2026-11' } },
    { sequence: 2, holds: { from: '2026-11', until: null } },
  ])
  const october = await forbruk(['registry', 'show', '2026-10'], settings)
  expect(october).toContain('2026-10 is rated with import 1 of ')
  expect(october).toMatch(/skarvik-ror +Skarvik Rør og Varme AS +its own +.*\(external\)/)
  expect(await forbruk(['registry', 'show', '2026-11'], settings)).toContain('Skarvik VVS AS')
})

describe('mistakes', () => {
  test('are named by file, line and column, and nothing is stored', async () => {
    change(
      'clients.csv',
      'bautadal-bygg,Bautadal Bygg AS,havblikk-regnskap',
      'bautadal-bygg,Bautadal Bygg AS,havblik',
    )
    change('activations.csv', '2022-12-24', '24.12.2022')
    const { code, stdout, stderr } = await runForbruk(['registry', 'import', folder], settings)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `forbruk: the registry in ${folder} is not imported:\n` +
        '  activations.csv:2, active_from: "24.12.2022"; expected a date as YYYY-MM-DD\n' +
        '  clients.csv:5, partner_id: "havblik" is unknown; expected an id from partners.csv\n',
    )
    expect(await list()).toEqual([])
  })

  test.each([
    [['registry', 'import', '.', '--valid-from', '2026-13'], '"2026-13" is no billing period'],
    [['registry', 'show', 'october'], '"october" is no billing period'],
    [['registry', 'import'], "missing required argument 'dir'"],
  ])('wrong usage is exit code 2: %j', async (args, message) => {
    const { code, stderr } = await runForbruk(args, settings)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

test('an import that is killed leaves what held, or holds as a whole; the next completes it', async () => {
  await forbruk(['registry', 'import', folder], settings)
  const many = Array.from({ length: 20_000 }, (_, index) => `kunde-${index},Kunde ${index} AS,,no\n`).join('')
  change('clients.csv', 'almelia-hage,Almelia', `${many}almelia-hage,Almelia`)
  const started = performance.now()
  await forbruk(['registry', 'import', folder, '--valid-from', '2030-01'], settings)
  const wholeMs = performance.now() - started
  // Other content than what was just stored, so that a killed import leaves rows of its own.
  change('clients.csv', 'Kunde 7 AS', 'Kunde Sju AS')

  const holding: number[] = []
  for (const part of [0.5, 0.65, 0.8, 0.9]) {
    const importing = startForbruk(['registry', 'import', folder, '--valid-from', '2026-10'], settings)
    await Promise.race([wait(wholeMs * part), importing.finished])
    importing.child.kill('SIGKILL')
    await importing.finished
    const shown = JSON.parse(await forbruk(['registry', 'show', '2026-10', '--json'], settings))
    holding.push(shown.registry.clients.length)
  }
  // Once it holds, it stays; whatever the moment, nothing in between is ever seen.
  expect(holding.toSorted((a, b) => a - b)).toEqual(holding)
  expect(holding.filter(clients => clients !== 60 && clients !== 20_060)).toEqual([])
  await forbruk(['registry', 'import', folder, '--valid-from', '2026-10'], settings)
  expect((await list()).filter(each => each.holds?.until === '2030-01')).toMatchObject([{ clients: 20_060 }])
})
