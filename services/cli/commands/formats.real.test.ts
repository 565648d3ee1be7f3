import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../../../test/samples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forbruk-formats-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'formats', ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('formats check', () => {
  test('recognises a log, and says how it would be read', () => {
    const { status, stdout } = run('check', `${SAMPLES}gateways/nginx-combined.log.gz`)
    expect(status).toBe(0)
    expect(stdout).toContain('1 243 lines, read as combined, as well as by h2o, morgan, varnish')
    expect(stdout).toContain(
      "remote_user (the caller's word): copied unchecked from the Authorization header",
    )
    expect(stdout).toMatch(/1 +127\.0\.0\.1 +2026-11-25 21:55:24\.000 +200 +0 +4 +GET \/hello/)
    expect(stdout).toContain('1 243 requests, 0 rejected, 0 blank')
    expect(stdout).toMatch(/Reads [\d ]+ lines and [\d.]+ MB a second\./)
    expect(stdout).toContain('forbruk ship --format combined --client-field remote_addr --source NAME ')
    // What stands behind a question mark may hold a credential.
    expect(stdout).not.toContain('token=')
  })

  test('says what would be rejected, and why', () => {
    const { stdout } = run('check', `${SAMPLES}gateways/nginx-json.log.gz`, '--json')
    const checked = JSON.parse(stdout)
    expect(checked).toMatchObject({
      format: 'nginx-json',
      requests: 953,
      rejected: 290,
      isClientChosen: true,
    })
    expect(checked.reasons[0]).toMatchObject({ reason: 'client_missing', lines: 289, firstLine: 6 })
    expect(checked.speed.linesPerSecond).toBeGreaterThan(0)
  })

  test('reads a list of requests in a line, and a file whose columns change', () => {
    const kong = JSON.parse(run('check', `${SAMPLES}formats/kong.txt`, '--json').stdout)
    expect(kong).toMatchObject({ format: 'kong', lines: 3, requests: 3, rejected: 1 })
    const iis = JSON.parse(run('check', `${SAMPLES}formats/iis.txt`, '--json').stdout)
    expect(iis).toMatchObject({ format: 'iis', requests: 3, rejected: 2 })
  })

  test('by a format of the operator’s own, in an envelope', () => {
    const path = join(folder, 'my-format.json')
    const combined = JSON.parse(run('show', 'combined', '--json').stdout)
    writeFileSync(path, JSON.stringify({ ...combined, format: 'my-format', client: 'remote_user' }))
    const { status, stdout } = run('check', `${SAMPLES}lines/A3.txt`, '--format', `syslog+${path}`, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ requests: 2, rejected: 1, client: { field: 'remote_user' } })
  })

  test('fails where no line is read, and where the format is wrong', () => {
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'no log\n')
    expect(run('check', path)).toMatchObject({ status: 1 })
    expect(run('check', path).stdout).toContain('1 lines, of which no format reads any')
    writeFileSync(join(folder, 'wrong.json'), '{"format":"Mine"}')
    const wrong = run('check', path, '--format', join(folder, 'wrong.json'))
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('$.format is "Mine"; expected a name of small letters, digits and hyphens')
    expect(run('check', path, '--format', 'nothing').stderr).toContain(
      'the format "nothing" is unknown; known are apisix',
    )
  })
})

test('formats list and show name what is known, and from where', () => {
  expect(run('list').stdout).toMatch(/varnish +Varnish +\(to be chosen\) +the body +a real run/)
  const { stdout } = run('show', 'traefik-clf')
  expect(stdout).toContain('Nothing is escaped')
  expect(stdout).toContain('Read from a real run of Traefik 3')
  expect(run('show', 'kong').stdout).toContain('Read from documentation of Kong')
  expect(run('show', 'nothing').status).toBe(2)
})
