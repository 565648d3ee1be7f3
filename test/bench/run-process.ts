import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

export type Finished = {
  readonly startedMs: number
  readonly endedMs: number
  readonly stdout: string
  readonly stderr: string
  /** User and system time of the whole process; null where /proc does not tell. */
  readonly cpuSeconds: number | null
  /** The most memory that was resident at once (VmHWM); null where /proc does not tell. */
  readonly peakBytes: number | null
}

type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Then it is killed, and the run fails. */
  readonly timeoutMs: number
  /** Lines of both outputs as they come. */
  readonly onLine?: (line: string, timeMs: number) => void
  readonly onStart?: (pid: number | undefined) => void
}

const running = new Set<ChildProcess>()

/** When the benchmark itself is stopped. */
export function killRunning(): void {
  for (const child of running) child.kill('SIGKILL')
}

const SAMPLE_INTERVAL_MS = 50
const TICKS_PER_SECOND = 100
const OUTPUT_TAIL_CHARACTERS = 2_000

/** One child process from start to exit. Only one may run at a time: CPU time is that of the children that ended. */
export async function runMeasured(command: Command): Promise<Finished> {
  const cpuBefore = readChildrenCpuSeconds()
  const startedMs = performance.now()
  const child = startProcess(command)
  command.onStart?.(child.pid)
  const output = collectOutput(child, command.onLine ?? (() => {}))
  let peakBytes: number | null = null
  const sampling = setInterval(() => {
    peakBytes = readPeakBytes(child.pid) ?? peakBytes
  }, SAMPLE_INTERVAL_MS)
  let isLate = false
  const deadline = setTimeout(() => {
    isLate = true
    child.kill('SIGKILL')
  }, command.timeoutMs)
  try {
    const [code] = await once(child, 'close')
    const endedMs = performance.now()
    if (code !== 0)
      throw failure(command, isLate ? `took more than ${command.timeoutMs} ms` : `ended with ${code}`, output)
    const cpuAfter = readChildrenCpuSeconds()
    const cpuSeconds = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore
    return { startedMs, endedMs, ...output, cpuSeconds, peakBytes }
  } finally {
    clearInterval(sampling)
    clearTimeout(deadline)
  }
}

export function startProcess({ command, args, env }: Omit<Command, 'timeoutMs'>): ChildProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

type Output = { stdout: string; stderr: string }

function collectOutput(child: ChildProcess, onLine: (line: string, timeMs: number) => void): Output {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    let rest = ''
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      const timeMs = performance.now()
      output[name] += text
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line, timeMs)
    })
  }
  return output
}

function failure({ command, args }: Command, what: string, output: Output): Error {
  const said = `${output.stdout}\n${output.stderr}`.trim().slice(-OUTPUT_TAIL_CHARACTERS)
  return new Error(`${command} ${args.join(' ')} ${what}:\n${said}`)
}

/** The kernel adds a child's time when it has ended, to the tick: nothing of it is missed. */
function readChildrenCpuSeconds(): number | null {
  const stat = readProc('/proc/self/stat')
  if (stat === null) return null
  // The command's name, in parentheses, may hold spaces. Then cutime and cstime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
}

export function readPeakBytes(pid: number | undefined): number | null {
  const status = readProc(`/proc/${pid}/status`)
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? '')?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
