import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tellNotRun } from '../process/tell-not-run.ts'

const cache = join(import.meta.dirname, '../../../.cache/schemathesis')
const program = join(cache, 'venv/bin/schemathesis')
const VERSION = 'schemathesis==4.32.5'
const INSTALL_TIMEOUT_MS = 180_000
const OUTPUT_BYTES_MAX = 64 * 1_024 * 1_024
const run = promisify(execFile)

/** Why it can't be run here, or null when it can. With REQUIRE_SCHEMATHESIS=1 that is an error. */
export async function findSchemathesisObstacle(): Promise<string | null> {
  return tellNotRun('The API against its description', await install(), 'REQUIRE_SCHEMATHESIS')
}

async function install(): Promise<string | null> {
  if (existsSync(program)) return null
  const venv = join(cache, 'venv')
  try {
    await run('python3', ['-m', 'venv', venv], { timeout: INSTALL_TIMEOUT_MS })
    await run(join(venv, 'bin/python'), ['-m', 'pip', 'install', '-q', VERSION], {
      timeout: INSTALL_TIMEOUT_MS,
    })
    return null
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return `schemathesis can't be had: ${line}`
  }
}

type Bounds = {
  /** An administrator's: what is asked makes tokens, and from the first on nobody is let in without one. */
  readonly token: string
  readonly seed: number
  readonly examplesMax: number
  readonly secondsMax: number
}

/** Asks what the description allows and what it doesn't, all checks on. `isClean`: nothing was found. */
export async function runSchemathesis(url: string, { token, seed, examplesMax, secondsMax }: Bounds) {
  const config = join(import.meta.dirname, 'schemathesis.toml')
  const args = [
    ...['--config-file', config, 'run', `${url}/openapi.json`, '--no-color', '--checks', 'all'],
    ...['--header', `Authorization: Bearer ${token}`],
    // Of how many values fit a pattern, which says nothing of the API.
    ...['--suppress-health-check', 'filter_too_much'],
    ...['--seed', String(seed), '--max-examples', String(examplesMax), '--max-time', String(secondsMax)],
    // A machine may be busy with other tests: how fast answers come is measured elsewhere.
    ...['--request-timeout', '300', '--max-response-time', '300'],
    ...['--generation-database', 'none', '--warnings', 'off', '--continue-on-failure'],
  ]
  const env = { ...process.env, PYTHONPATH: import.meta.dirname, SCHEMATHESIS_HOOKS: 'line_bodies' }
  const options = { maxBuffer: OUTPUT_BYTES_MAX, cwd: cache, env }
  return run(program, args, options).then(
    ({ stdout }) => ({ isClean: true, output: stdout }),
    (error: { stdout?: string; stderr?: string }) => ({
      isClean: false,
      output: `${error.stdout ?? ''}${error.stderr ?? ''}`,
    }),
  )
}
