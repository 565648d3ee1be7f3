import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort } from '../process/free-port.ts'
import { killAtExit } from '../process/kill-at-exit.ts'

const SCRIPT = fileURLToPath(new URL('./store-process.ts', import.meta.url))

const END_MS_MAX = 20_000

/** A store in a process of its own that may end at any moment and begin again on the same folder and port. */
export type KillableStore = {
  readonly url: string
  /** Resolves when it answers. */
  start(): Promise<void>
  kill(): Promise<void>
  stop(): Promise<void>
}

/** What the process has to say goes to `outputPath`. */
export async function startKillableStore(folder: string, outputPath: string): Promise<KillableStore> {
  const port = await freePort()
  let child: ChildProcess | null = null
  const end = async (signal: NodeJS.Signals) => {
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, 'exit')
    ending.kill(signal)
    // A thread of the engine's can keep a process from ending, and then nobody waits for it.
    const patience = setTimeout(() => ending.kill('SIGKILL'), END_MS_MAX)
    await ended
    clearTimeout(patience)
  }
  const store: KillableStore = {
    url: `http://127.0.0.1:${port}`,
    async start() {
      const started = spawn(process.execPath, [SCRIPT, folder, String(port)], { stdio: 'pipe' })
      started.stderr.pipe(createWriteStream(outputPath, { flags: 'a' }))
      child = started
      killAtExit(started)
      await Promise.race([
        once(started.stdout, 'data'),
        once(started, 'exit').then(([code, signal]) => {
          throw new Error(
            `the store process ended with ${code ?? signal} before it listened; see ${outputPath}`,
          )
        }),
      ])
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
  await store.start()
  return store
}
