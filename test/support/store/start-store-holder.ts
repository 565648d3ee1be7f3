import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

type StoreHolder = {
  readonly pid: number
  /** The endpoint's URL, or «held». */
  readonly answer: string
  /** In order, as a signal would. */
  stop(): Promise<void>
  /** As a crash would. */
  kill(): Promise<void>
}

const SCRIPT = new URL('./store-holder.ts', import.meta.url).pathname

/** Starts store-holder.ts on a folder and waits until it holds it. */
export async function startStoreHolder(folder: string, ...mode: 'serve'[]): Promise<StoreHolder> {
  const child = spawn(process.execPath, [SCRIPT, folder, ...mode], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answer = await readLine(child)
  const exited = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    answer,
    async stop() {
      child.stdin.end()
      await exited
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function readLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', chunk => resolve(String(chunk).trim()))
    child.once('exit', code =>
      reject(new Error(`the store holder ended with ${code} before it held the store`)),
    )
  })
}
