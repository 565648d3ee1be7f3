import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve as resolvePath } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

/** That biome.json says what it is meant to say: each row breaks one rule of it, and the last ones none. */
const lines = (count: number) => 'call()\n'.repeat(count)
const FILES: readonly (readonly [path: string, text: string, rule: string | null])[] = [
  ['services/close/any.ts', 'export const a: any = 1', 'suspicious/noExplicitAny'],
  ['services/close/private.ts', 'export class A { private a = 1 }', 'style/useConsistentMemberAccessibility'],
  [
    'services/close/function.ts',
    `export const a = () => {\n${lines(71)}}`,
    'complexity/noExcessiveLinesPerFunction',
  ],
  [
    'services/close/method.ts',
    `export class A { a() {\n${lines(71)}} }`,
    'complexity/noExcessiveLinesPerFunction',
  ],
  ['services/close/long.ts', lines(301), 'style/noExcessiveLinesPerFile'],
  ['services/close/long.test.ts', lines(401), 'style/noExcessiveLinesPerFile'],
  [
    'services/close/shared.test.ts',
    "import { test } from 'vitest'\nexport const a = 1\ntest('a', () => {})",
    'suspicious/noExportsInTest',
  ],
  ['services/close/circle.ts', "export * from './elcric.ts'", 'suspicious/noImportCycles'],
  [
    'services/close/elcric.ts',
    "import type { A } from './circle.ts'\nexport type B = A",
    'suspicious/noImportCycles',
  ],
  ['services/aggregator/count/now.ts', 'export const a = Date.now()', 'style/noRestrictedGlobals'],
  ['services/aggregator/count/wait.ts', 'setTimeout(() => {}, 1)', 'style/noRestrictedGlobals'],
  ['services/close/now.ts', 'export const a = Date.now()', null],
  ['services/close/fitting.ts', `export function a() {\n${lines(69)}}\n${lines(200)}`, null],
  ['services/close/a.test.ts', `describe('a', () => {\n${lines(300)}})`, null],
]

const report = z.object({
  diagnostics: z.array(
    z.object({ severity: z.string(), category: z.string(), location: z.object({ path: z.string() }) }),
  ),
})

const folder = mkdtempSync(join(tmpdir(), 'forbruk-biome-'))
const errors = new Map<string, string[]>()
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  cpSync('biome.json', join(folder, 'biome.json'))
  for (const [path, text] of FILES) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${text}\n`)
  }
  for (const { severity, category, location } of report.parse(JSON.parse(await lint())).diagnostics) {
    if (severity === 'error') errors.set(location.path, [...(errors.get(location.path) ?? []), category])
  }
})

/** Ends with an error, as it should: only what it prints counts. */
async function lint(): Promise<string> {
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.']
  return new Promise(resolve => {
    execFile(resolvePath('node_modules/.bin/biome'), args, { cwd: folder }, (_error, stdout) =>
      resolve(stdout),
    )
  })
}

test.each(FILES)('%s', (path, _text, rule) => {
  expect(errors.get(path) ?? []).toEqual(rule === null ? [] : [`lint/${rule}`])
})
