import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { isLoopback } from '../../runtime/address.ts'
import { announceEndpoint, withdrawEndpoint } from './find-endpoint.ts'
import { superviseQueries } from './supervise.ts'

type ReadOnlySettings = {
  /** The folder of the embedded store, held by this process. */
  readonly path: string
  /** Where a request names none. */
  readonly database: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly logger: { warn(message: string): void }
}

export type ReadOnlyEndpoint = {
  readonly url: string
  close(): Promise<void>
}

/**
 * Answers ClickHouse's HTTP protocol from the embedded store, for reading, in a process of its own: curl, Grafana,
 * DBeaver, Metabase and ClickHouse's own clients work as against a server. Users and passwords are accepted whatever
 * they are: on loopback whoever can connect may read; on another address so may the network, which is logged as a
 * warning. Throws StoreError ENDPOINT_PORT when the address is taken, ENDPOINT_FAILED when it can't be listened on.
 */
export async function serveReadOnly(settings: ReadOnlySettings): Promise<ReadOnlyEndpoint> {
  const { database, host, logger } = settings
  const folder = resolve(settings.path)
  const token = randomUUID()
  const key = randomUUID()
  const queries = await superviseQueries({
    folder,
    database,
    host,
    port: settings.port,
    token,
    key,
    priority: 'low',
    logger,
  })
  const url = `http://${isIP(host) === 6 ? `[${host}]` : host}:${queries.port}`
  if (!isLoopback(host)) {
    logger.warn(`${url} lets anyone who reaches it read the whole store, without a password`)
  }
  await announceEndpoint(folder, { pid: process.pid, url, token, key })
  return {
    url,
    async close() {
      await withdrawEndpoint(folder, token)
      await queries.close()
    },
  }
}
