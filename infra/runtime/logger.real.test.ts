import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const LOGGER = new URL('./logger.ts', import.meta.url).href

/** In a process of its own, since what is promised is what arrives on stderr. */
function run(script: string) {
  const source = `import { createLogger } from '${LOGGER}'\n${script}`
  return spawnSync(process.execPath, ['--input-type=module-typescript', '-e', source], { encoding: 'utf8' })
}

it('writes JSON lines to stderr, nothing to stdout, no password', () => {
  const { stdout, stderr } = run(`
    const logger = createLogger('info')
    logger.debug('unheard')
    logger.info({ store: { user: 'meter', password: 'hunter2' }, log: { sasl: { password: 'hunter2' } } }, 'opened')`)
  expect(stdout).toBe('')
  expect(stderr).not.toContain('hunter2')
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(stderr)).toMatchObject({ level: 30, msg: 'opened', store: { user: 'meter' } })
})

it('shows what a terminal would obey, and says the same', () => {
  const { stderr } = run(
    String.raw`createLogger('info').info({ client: 'a\u009b2J\u202eb\u001b[2J' }, 'seen')`,
  )
  expect(stderr).toMatch(/^[ -~]+\n$/)
  expect(JSON.parse(stderr)).toMatchObject({ client: 'a\u009b2J\u202eb\u001b[2J' })
})

it('has written the last words of a process that ends at once', () => {
  const { stderr } = run(`createLogger('info').fatal('last words'); process.kill(process.pid, 'SIGKILL')`)
  expect(stderr).toContain('last words')
})
