import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tellNotRun } from '../process/tell-not-run.ts'

const cache = join(import.meta.dirname, '../../../.cache/prometheus')
const program = join(cache, 'usr/bin/promtool')
const INSTALL_TIMEOUT_MS = 180_000
const run = promisify(execFile)

/** Why Prometheus' own checker can't be run here, or null. It is taken out of Debian's package, uninstalled. */
export async function findPromtoolObstacle(): Promise<string | null> {
  return tellNotRun('Metrics and alert rules by promtool', await unpack(), 'REQUIRE_PROMTOOL')
}

async function unpack(): Promise<string | null> {
  if (existsSync(program)) return null
  try {
    mkdirSync(cache, { recursive: true })
    const options = { cwd: cache, timeout: INSTALL_TIMEOUT_MS }
    await run('apt-get', ['download', '-qq', 'prometheus'], options)
    const archive = readdirSync(cache).find(name => name.endsWith('.deb'))
    await run('dpkg', ['-x', archive ?? '', cache], options)
    return null
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return `promtool can't be had: ${line}`
  }
}

/** What promtool says of it, with its exit code. */
export function runPromtool(
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: 'pipe' })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', code => resolve({ code, output }))
    child.stdin.end(input)
  })
}
