import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('./forbruk.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'forbruk-launcher-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Any node passes for an old one, which hands over to Node 24. */
const AS_OLD_NODE = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '20.1.0' } })`

function launch(...args: string[]) {
  const env = { ...process.env, FORBRUK_DATA_DIR: join(folder, 'data') }
  return spawn(process.execPath, ['--import', AS_OLD_NODE, MAIN, ...args], { env, stdio: 'pipe' })
}

test('an older node hands over, with arguments, output and exit code', async () => {
  const launcher = launch('ship')
  let said = ''
  launcher.stderr.on('data', text => {
    said += text
  })
  const [code] = await once(launcher, 'close')
  expect(said).toContain('required option')
  expect(code).toBe(2)
})

test('a launcher that is killed takes along what it launched: the next start is not kept out', async () => {
  const path = join(folder, 'access.log')
  writeFileSync(path, 'no request\n')
  const args = ['ship', '--format', 'nginx-json', '--source', 'gw']
  const killed = launch(...args, '--follow', path)
  await expect.poll(() => existsSync(join(folder, 'data/shipper/gw.lock')), { timeout: 20_000 }).toBe(true)
  killed.kill('SIGKILL')
  await once(killed, 'exit')

  const next = launch(...args, path)
  let said = ''
  next.stderr.on('data', text => {
    said += text
  })
  const [code] = await once(next, 'close')
  expect(said).not.toContain('is being shipped by another process')
  expect(code).toBe(0)
})

test('with too few files to open, the limit is said and no stack is', async () => {
  const env = { ...process.env, FORBRUK_DATA_DIR: join(folder, 'few') }
  const shell = spawn('sh', ['-c', 'ulimit -n 256 && exec "$0" "$@"', process.execPath, MAIN, 'status'], {
    env,
    stdio: 'pipe',
  })
  let said = ''
  shell.stderr.on('data', text => {
    said += text
  })
  const [code] = await once(shell, 'close')
  expect(said).toBe(
    `forbruk: ${join(folder, 'few/store')}: this process may have 256 files open at once; expected at least 1024. ` +
      'Raise the limit where it is started: `ulimit -n`, or LimitNOFILE= of its service\n',
  )
  expect(code).toBe(1)
})
