import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const INSTALL = new URL('./install.mjs', import.meta.url)

/** A package of its own with one local dependency, so that npm needs no registry. */
function createPackage(): string {
  const root = mkdtempSync(join(tmpdir(), 'forbruk-install-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'infra', 'runtime'), { recursive: true })
  copyFileSync(INSTALL, join(root, 'infra', 'runtime', 'install.mjs'))
  writeJson(root, 'package.json', { name: 'x', version: '1.0.0' })
  writeLock(root, {})
  return root
}

function writeJson(root: string, name: string, content: unknown): void {
  writeFileSync(join(root, name), JSON.stringify(content))
}

function writeLock(root: string, packages: Record<string, unknown>): void {
  const own = { '': { name: 'x', version: '1.0.0' } }
  writeJson(root, 'package-lock.json', {
    name: 'x',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { ...own, ...packages },
  })
}

function run(root: string) {
  return spawnSync(process.execPath, [join(root, 'infra', 'runtime', 'install.mjs')], { encoding: 'utf8' })
}

/** What `npm ci` leaves: the lock of what is there, and a Node. */
function pretendInstalled(root: string, packages: Record<string, unknown>): void {
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true })
  symlinkSync(process.execPath, join(root, 'node_modules', '.bin', 'node'))
  writeJson(root, join('node_modules', '.package-lock.json'), { packages })
}

it('leaves alone what is up to date, packages for other platforms aside', () => {
  const root = createPackage()
  const a = { version: '1.0.0', integrity: 'sha512-a' }
  const forOnePlatform = { version: '1.0.0', optional: true }
  writeLock(root, { 'node_modules/a': a, 'node_modules/b': forOnePlatform })
  pretendInstalled(root, { 'node_modules/a': a, 'node_modules/c': forOnePlatform })
  const { status, stderr } = run(root)
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

it.each([
  ['of another version', { 'node_modules/a': { version: '0.9.0' } }],
  [
    'that is no longer wanted',
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } },
  ],
  ['that is missing', {}],
])('installs over a package %s', (_, found) => {
  const root = createPackage()
  writeLock(root, { 'node_modules/a': { version: '1.0.0' } })
  pretendInstalled(root, found)
  const { stderr } = run(root)
  expect(stderr).toMatch(/^Installing packages \(npm ci\)/)
  // npm clears the folder first, the Node that was pretended included.
  expect(existsSync(join(root, 'node_modules', '.bin', 'node'))).toBe(false)
})

it('installs where nothing is, and says what to do without the Node it needs', () => {
  const root = createPackage()
  const { status, stderr } = run(root)
  expect(stderr.match(/Installing packages/g)).toHaveLength(1)
  expect(stderr).toContain('node_modules/.bin/node should be Node 24 or newer')
  expect(status).toBe(1)
})

it('runs on the Node of its promise: nothing newer than what Node 20.0 has', () => {
  const source = readFileSync(INSTALL, 'utf8')
  expect(source).not.toMatch(/import\.meta\.(dirname|filename)|from '(?!node:)/)
})
