import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Address } from '@forbruk/infra/runtime/address.ts'
import { ok, type Verdict, warning } from './finding.ts'

/** Of an address that `variable` names. Throws when nobody may listen there. */
export async function examineAddress(variable: string, { host, port }: Address): Promise<Verdict> {
  const address = `${host}:${port}`
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return ok(`${address} is free`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : String(error)
    if (code === 'EADDRINUSE') {
      return warning(
        `${address} is taken: by forbruk itself, if it is up; else name another one in ${variable}`,
      )
    }
    throw new Error(`${address} can't be listened on (${code}): name another address in ${variable}`)
  } finally {
    server.close()
  }
}
