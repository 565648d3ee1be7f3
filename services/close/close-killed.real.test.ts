import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../test/support/close/close-process.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forbruk-close-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(...args: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, folder, ...args], {
    encoding: 'utf8',
  })
  if (signal === null && status !== 0) throw new Error(`close-process ended with ${status}: ${stderr}`)
  return { signal, answer: stdout === '' ? null : JSON.parse(stdout) }
}

test('a close that is killed at any of its writes is completed by the next, once', {
  timeout: 180_000,
}, () => {
  run('prepare')
  for (const table of ['statement', 'statement_line', 'month_close']) {
    expect(run('close', '149', table).signal).toBe('SIGKILL')
  }
  const first = run('close', '149').answer
  expect(first).toMatchObject({ revision: 1, stored: { closes: '1', lines: [[1, '6']], adjusted: '0' } })

  for (const table of ['statement', 'statement_line', 'statement_adjustment', 'month_close']) {
    expect(run('close', '150', table).signal).toBe('SIGKILL')
  }
  const second = run('close', '150').answer
  const lines = [
    [1, '6'],
    [2, '6'],
  ]
  expect(second).toMatchObject({ revision: 2, stored: { closes: '2', lines, adjusted: '2' } })
  expect(run('close', '150').answer).toEqual({ ...second, outcome: 'unchanged' })
})
