import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findEndpoint, isAlive } from './endpoint/find-endpoint.ts'
import { StoreError } from './store.ts'

/** Null when no other process has the folder open. */
export async function explainHolder(folder: string, cause?: unknown): Promise<StoreError | null> {
  const holder = await readHolder(folder)
  if (holder === null) return null
  const endpoint = await findEndpoint(folder)
  const advice = endpoint === null ? 'stop it' : `stop it, or read through its endpoint ${endpoint.url}`
  return new StoreError(`the data folder ${folder} is held by process ${holder}: ${advice}`, 'FOLDER_HELD', {
    cause,
  })
}

/** ClickHouse's status file begins with «PID: 123» and stays behind when its process is killed. */
async function readHolder(folder: string): Promise<number | null> {
  const status = await readFile(join(folder, 'status'), 'utf8').catch(() => '')
  const pid = Number(/^PID: (\d+)$/m.exec(status)?.[1])
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return null
  return isAlive(pid) ? pid : null
}
