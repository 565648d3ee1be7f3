import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

/** How another process finds the read-only endpoint of a data folder that this one holds. */
type Endpoint = {
  readonly pid: number
  readonly url: string
  readonly token: string
  /** For whoever may read the file: our own commands, which wait for no analyst. */
  readonly key: string
}

/** `/ping` answers with this header, so that a stale file never leads to another store that took over the port. */
export const TOKEN_HEADER = 'x-forbruk-store'

/** With this header a command of ours waits for no analyst. */
export const KEY_HEADER = 'x-forbruk-key'

const PING_TIMEOUT_MS = 5_000
/** While the process that answers is being replaced, nobody listens. */
const REPLACED_MS = 15_000
const RETRY_MS = 100

const endpointShape = z.object({
  pid: z.int().positive(),
  url: z.url(),
  token: z.string().min(1),
  key: z.string().min(1),
})

/** Beside the folder, not in it: what is inside is the engine's. */
function endpointFile(folder: string): string {
  const path = resolve(folder)
  return join(dirname(path), `${basename(path)}.endpoint.json`)
}

export async function announceEndpoint(folder: string, endpoint: Endpoint): Promise<void> {
  const file = endpointFile(folder)
  const draft = `${file}.${endpoint.pid}`
  await writeFile(draft, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 })
  await rename(draft, file)
}

/** Leaves alone what another endpoint has announced since. */
export async function withdrawEndpoint(folder: string, token: string): Promise<void> {
  const announced = await readEndpoint(folder)
  if (announced?.token === token) await rm(endpointFile(folder), { force: true })
}

/** The endpoint that serves this very folder now, or null. What a killed process left behind counts for nothing. */
export async function findEndpoint(folder: string): Promise<Endpoint | null> {
  const announced = await readEndpoint(folder)
  if (announced === null) return null
  const untilMs = performance.now() + REPLACED_MS
  while (performance.now() < untilMs && isAlive(announced.pid)) {
    const token = await ping(announced.url)
    if (token !== null) return token === announced.token ? announced : null
    await wait(RETRY_MS)
  }
  return null
}

/** What the store that answers there is known by; null when nobody does. */
async function ping(url: string): Promise<string | null> {
  try {
    const pong = await fetch(new URL('/ping', url), { signal: AbortSignal.timeout(PING_TIMEOUT_MS) })
    await pong.body?.cancel()
    return pong.headers.get(TOKEN_HEADER) ?? ''
  } catch {
    return null
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function readEndpoint(folder: string): Promise<Endpoint | null> {
  try {
    return endpointShape.parse(JSON.parse(await readFile(endpointFile(folder), 'utf8')))
  } catch {
    return null
  }
}
