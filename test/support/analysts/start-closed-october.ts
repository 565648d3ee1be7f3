import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../process/free-port.ts'
import { believeAnyTime, forbruk, startForbruk } from '../process/run-forbruk.ts'

const demo = join(import.meta.dirname, '../../../demo')

/** A `forbruk up` that answers SQL. */
export type Answering = {
  readonly host: string
  readonly port: number
  /** The answer as text, in any of ClickHouse's formats. Throws what is said of a question that isn't answered. */
  ask(sql: string, format: string): Promise<string>
  stop(): Promise<void>
}

/**
 * The demo's month, closed, and closed again after two of its cases were decided, in a `forbruk up` on the embedded
 * parts.
 */
export async function startClosedOctober(): Promise<Answering> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-analysts-'))
  const [host, port] = ['127.0.0.1', await freePort()]
  const settings = {
    FORBRUK_DATA_DIR: folder,
    FORBRUK_TARIFF: join(demo, 'tariff.json'),
    FORBRUK_STORE_LISTEN: `${host}:${port}`,
  }
  await closeTwice(settings)
  const up = startForbruk(['up'], settings)
  await up.saying('counting', 300_000)
  return {
    host,
    port,
    async ask(sql, format) {
      const query = new URLSearchParams({ database: 'forbruk', default_format: format })
      const response = await connect(`http://${host}:${port}/?${query}`, sql)
      const text = await response.text()
      if (!response.ok) throw new Error(`${sql}\n${text}`)
      return text
    },
    async stop() {
      await up.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const REPLACED_MAX_MS = 120_000

/** On a machine that is very busy the process that answers may be replaced, and refuses connections meanwhile. */
async function connect(url: string, body: string): Promise<Response> {
  const deadline = Date.now() + REPLACED_MAX_MS
  for (;;) {
    try {
      return await fetch(url, { method: 'POST', body })
    } catch (error) {
      if (!(error instanceof TypeError) || Date.now() > deadline) throw error
      await setTimeout(200)
    }
  }
}

async function closeTwice(settings: Record<string, string>): Promise<void> {
  const run = (...args: string[]) => forbruk(args, settings)
  await believeAnyTime(settings)
  await run('registry', 'import', join(demo, 'registry'))
  for (const source of ['gateway-1', 'gateway-2'])
    await run('ship', '--format', 'nginx-json', '--source', source, join(demo, `${source}.access.log.gz`))
  await run('aggregate', '--until-caught-up')
  const reason = 'no valid key, answered with 401: nobody to charge'
  await run('rejected', 'waive', '--reason-code', 'client_missing', '--month', '2026-10', '--reason', reason)
  await run('close', '2026-10')
  const uncontacted = ['--without-contact', 'agreed when the contract was made']
  await run('case', 'decide', 'tangvall-netthandel/2026-10', 'charge', '--note', 'as agreed', ...uncontacted)
  await run('case', 'decide', 'skarvik-ror/2026-10', 'waive', '--note', 'a runaway script, mended since')
  await run('close', '2026-10')
}
