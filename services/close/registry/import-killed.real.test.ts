import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../../test/support/close/import-process.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forbruk-import-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Two blocks of clients, one of partners, one of integrations and two of activations. */
const CLIENTS = 41_000
const BLOCKS = 6

function writeRegistry(name: string): string {
  const directory = join(folder, name)
  mkdirSync(directory)
  const ids = Array.from({ length: CLIENTS }, (_, index) => `kunde-${index}`)
  const files = {
    'clients.csv': ['client_id,name,partner_id,collective_invoice', ...ids.map(id => `${id},${name},,no`)],
    'partners.csv': ['partner_id,name', 'kunde-0,Byrå'],
    'integrations.csv': ['integration_id,name,kind', 'shop,Shop,external'],
    'activations.csv': [
      'client_id,integration_id,active_from,active_until',
      ...ids.map(id => `${id},shop,2026-01-01,`),
    ],
  }
  for (const [file, lines] of Object.entries(files)) writeFileSync(join(directory, file), lines.join('\n'))
  return directory
}

function run(store: string, directory: string, ...deadly: string[]) {
  const args = [SCRIPT, join(folder, store), directory, ...deadly]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (signal === null && status !== 0) throw new Error(`import-process ended with ${status}: ${stderr}`)
  return { signal, answer: stdout === '' ? null : JSON.parse(stdout) }
}

const registries = { before: '', after: '' }
beforeAll(() => {
  registries.before = writeRegistry('before')
  registries.after = writeRegistry('after')
})

test('an import that is killed at any of its writes leaves the one before, and is completed by the next', {
  timeout: 300_000,
}, () => {
  const before = run('store', registries.before).answer
  expect(before).toMatchObject({ outcome: 'imported', sequence: 1, activations: CLIENTS })
  const undisturbed = run('other', registries.after).answer
  for (const insert of [1, 2, BLOCKS]) {
    expect(run('store', registries.after, 'import', String(insert)).signal).toBe('SIGKILL')
    expect(run('store', registries.before).answer).toEqual({ ...before, outcome: 'unchanged' })
  }
  const after = run('store', registries.after).answer
  expect(after).toEqual({ ...undisturbed, sequence: 2 })
  expect(run('store', registries.after).answer).toEqual({ ...after, outcome: 'unchanged' })
})

test('one that dies with its row that vouches on the way is imported once, now or by the next', {
  timeout: 120_000,
}, () => {
  expect(run('last', registries.after, 'import', '0').signal).toBe('SIGKILL')
  const { outcome, ...after } = run('last', registries.after).answer
  expect(['imported', 'unchanged']).toContain(outcome)
  expect(after).toMatchObject({ sequence: 1, activations: CLIENTS })
})

test('when the process that reads is killed, nothing is imported, and the next one is whole', {
  timeout: 300_000,
}, () => {
  const { answer: before } = run('read', registries.before)
  for (const insert of [1, BLOCKS - 1]) {
    const { answer } = run('read', registries.after, 'reading', String(insert))
    expect(answer).toEqual({ ...before, outcome: 'RegistryFaultsError', sequence: null })
  }
  expect(run('read', registries.after).answer).toMatchObject({ outcome: 'imported', sequence: 2 })
})
