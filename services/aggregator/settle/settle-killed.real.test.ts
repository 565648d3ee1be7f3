import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../../test/support/aggregator/settle-process.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forbruk-settle-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(deadly = '') {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, folder, deadly], {
    encoding: 'utf8',
  })
  if (signal === null && status !== 0) throw new Error(`settle-process ended with ${status}: ${stderr}`)
  return { signal, answer: stdout === '' ? null : JSON.parse(stdout) }
}

test('whoever is killed while it settles leaves every figure as it was', { timeout: 300_000 }, () => {
  expect(run().answer).toMatchObject({ outcome: 'settled', isSame: true, orphans: 0 })
  let orphansBefore = 0
  for (const deadly of [
    'INTO usage_settled\n',
    'INTO usage_settled_day',
    'usage_settlement',
    'DROP PARTITION',
  ]) {
    expect(run(deadly).signal).toBe('SIGKILL')
    const { answer } = run()
    expect(answer, `killed at ${deadly}`).toMatchObject({ outcome: 'settled', isSame: true })
    // What was never vouched for stays for a day, and counts for nobody.
    expect(answer.orphans).toBeGreaterThanOrEqual(orphansBefore)
    orphansBefore = answer.orphans
  }
  expect(orphansBefore).toBeGreaterThan(0)
})
