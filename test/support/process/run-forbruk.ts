import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../services/cli/forbruk.mjs', import.meta.url))

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Beside a test a user may have Forbruk up, or another test: unless a test says otherwise, the system chooses. */
const ANY_PORT = { FORBRUK_LISTEN: '127.0.0.1:0', FORBRUK_STORE_LISTEN: '127.0.0.1:0' }

/** A real `forbruk` process. The environment holds what is given and nothing of the machine's own settings. */
export function startForbruk(
  args: readonly string[],
  settings: Record<string, string>,
  input?: Buffer,
): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...ownEnvironment(), ...ANY_PORT, ...settings },
    stdio: 'pipe',
  })
  child.stdin.on('error', () => {
    // It may end before it has read everything: the exit code says how.
  })
  child.stdin.end(input)
  return new Running(child)
}

export async function runForbruk(
  args: readonly string[],
  settings: Record<string, string>,
  input?: Buffer,
): Promise<Finished> {
  return startForbruk(args, settings, input).finished
}

/** Runs it and answers standard output; anything but exit code 0 fails with what the process said. */
export async function forbruk(
  args: readonly string[],
  settings: Record<string, string>,
  input?: Buffer,
): Promise<string> {
  const { code, stdout, stderr } = await runForbruk(args, settings, input)
  if (code !== 0) throw new Error(`forbruk ${args.join(' ')} exited with ${code}:\n${stdout}\n${stderr}`)
  return stdout
}

/**
 * Of an installation that is about to count: its events may be of any time, so that a test with fixed dates stays good
 * however many years later it is run.
 */
export async function believeAnyTime(settings: Record<string, string>): Promise<void> {
  await forbruk(['stream', 'limits', '--past', '36500d', '--ahead', '36500d'], settings)
}

export class Running {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.setEncoding('utf8').on('data', text => {
      this.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', text => {
      this.stderr += text
    })
    this.finished = once(child, 'close').then(([code]) => ({
      code,
      stdout: this.stdout,
      stderr: this.stderr,
    }))
  }

  /** Waits until standard error, where the log goes, holds `text`; fails when the process ends before. */
  async saying(text: string, timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!this.stderr.includes(text)) {
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`waited for «${text}», got:\n${this.stdout}\n${this.stderr}`)
      }
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  async stop(): Promise<Finished> {
    this.child.kill('SIGTERM')
    return this.finished
  }
}

function ownEnvironment(): Record<string, string> {
  const ours = /^(KAFKA_|CLICKHOUSE_|FORBRUK_|SCHEMA_REGISTRY_|LOG_LEVEL|VITEST|NODE_)/
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || ours.test(name) ? [] : [[name, value]],
    ),
  )
}
