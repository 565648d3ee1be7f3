import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems choose for outgoing connections: while the server is away, one of those may take its
 * port, even a client's own attempt to reach it.
 */
const PORT_FIRST = 20_000
const PORT_END = 32_000
const ATTEMPTS_MAX = 50

/** A port of 127.0.0.1 that nobody listens on now, for a process that must find it again after a restart. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = randomInt(PORT_FIRST, PORT_END)
    if (await isFree(port)) return port
  }
  throw new Error(`None of ${ATTEMPTS_MAX} ports from ${PORT_FIRST} to ${PORT_END - 1} is free.`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (!(await listening)) return false
  server.close()
  await once(server, 'close')
  return true
}
