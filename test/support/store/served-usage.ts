import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ReadOnlyEndpoint, serveReadOnly } from '@forbruk/infra/store/endpoint/serve-read-only.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { afterAll, beforeAll } from 'vitest'

export const database = 'forbruk'
export const ALL = 'SELECT client, requests FROM usage ORDER BY client'

/** A store of this process with two rows, and its read-only endpoint, for the tests of one file. */
export function useServedUsage() {
  const root = mkdtempSync(join(tmpdir(), 'forbruk-endpoint-'))
  const path = join(root, 'store')
  const warnings: string[] = []
  const logger = { warn: (message: string) => void warnings.push(message) }
  let store: Store
  let endpoint: ReadOnlyEndpoint

  const serve = (port = 0) => serveReadOnly({ path, database, host: '127.0.0.1', port, logger })
  beforeAll(async () => {
    store = await openStore({ kind: 'embedded', path, database })
    await store.command(
      'CREATE TABLE usage (client String, requests UInt64) ENGINE = MergeTree ORDER BY client',
    )
    await store.insert('usage', [
      { client: 'a', requests: 1 },
      { client: 'b', requests: 18_446_744_073_709_551_615n },
    ])
    endpoint = await serve()
  })
  afterAll(async () => {
    await endpoint.close()
    await store.close()
    await rm(root, { recursive: true })
  })

  /** A query in the body, as most clients send it. */
  async function ask(sql: string, parameters: Record<string, string> = {}, init: RequestInit = {}) {
    const url = `${endpoint.url}/?${new URLSearchParams(parameters)}`
    const response = await fetch(url, { method: 'POST', body: sql, ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  /** Without fetch's own unpacking. */
  function askRaw(parameters: Record<string, string>, headers: Record<string, string>): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        `${endpoint.url}/?${new URLSearchParams(parameters)}`,
        { headers },
        response => {
          const chunks: Buffer[] = []
          response
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('end', () => resolve(Buffer.concat(chunks)))
        },
      )
      sent.on('error', reject).end()
    })
  }

  return { root, warnings, serve, store: () => store, url: () => endpoint.url, ask, askRaw }
}
