import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { REGISTRY_BYTES_MAX } from '@forbruk/schemas/registry/registry-upload.ts'
import { UploadMalformedError } from './read-members.ts'
import { NEXT, type Order, type Report, reportShape } from './reading-messages.ts'
import { RegistryFaultsError } from './registry-faults-error.ts'

const SCRIPT = fileURLToPath(new URL('./reading-process.ts', import.meta.url))
const HEAP_MEGABYTES_MAX = 384
const FLAGS = [
  `--max-old-space-size=${HEAP_MEGABYTES_MAX}`,
  '--max-semi-space-size=8',
  // The CSV parser makes an error of each row that is too short.
  '--stack-trace-limit=0',
]
const READING_MS_MAX = 120_000

/** Where a registry comes from: a folder, or the body of a request. */
type RegistryOrigin =
  | { readonly kind: 'folder'; readonly directory: string }
  | { readonly kind: 'upload'; readonly body: AsyncIterable<Uint8Array> }

/** The registry in a process of its own. */
export type RegistryApart = AsyncDisposable & {
  /** Where it comes from, for messages. */
  readonly name: string
  /**
   * What it reports next; each kind comes as reading-messages.ts says. Throws RegistryFaultsError when the process
   * came to no end of it; nothing else was concerned.
   */
  next(): Promise<Report>
}

/** An upload is larger than a registry may be. */
export class UploadTooLargeError extends Error {
  override name = 'UploadTooLargeError'
}

/**
 * Reads and checks a registry in a process of its own, with a bound on its memory and its time: what is imported may be
 * anything, and counting must not notice. It begins at once, and waits when it is done until somebody asks.
 */
export function readApart(origin: RegistryOrigin): RegistryApart {
  // Without what stands in our environment, such as passwords.
  const child = spawn(process.execPath, [...FLAGS, SCRIPT], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: getCompileCacheDir() },
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  const reports = Promise.withResolvers<never>()
  reports.promise.catch(() => {})
  const name = origin.kind === 'folder' ? origin.directory : 'the request'
  const giveUp = (detail: string) =>
    reports.reject(new RegistryFaultsError(name, [{ file: name, line: null, column: null, detail }]))
  child.once('error', error => giveUp(`no process to read it: ${error.message}`))
  child.once('exit', (code, signal) => giveUp(describeEnd(code, signal)))
  const timeout = setTimeout(() => child.kill('SIGKILL'), READING_MS_MAX)
  if (origin.kind === 'upload') {
    feed(child, origin.body).catch(error => {
      reports.reject(error)
      child.kill('SIGKILL')
    })
  }
  const receive = (message: Order | typeof NEXT) => {
    const report = Promise.race([once(child), reports.promise])
    child.send(message, () => {})
    return report
  }
  const first = receive(origin.kind === 'upload' ? { kind: 'upload' } : origin)
  // Whoever never asks need not know.
  first.catch(() => {})
  let hasFirst = true
  return {
    name,
    async next() {
      if (!hasFirst) return receive(NEXT)
      hasFirst = false
      return first
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timeout)
      child.kill('SIGKILL')
    },
  }
}

function once(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    child.once('message', message => {
      const report = reportShape.safeParse(message)
      if (report.success) resolve(report.data)
      else reject(report.error)
    })
  })
}

/** A process that has seen enough reads no further, and says why. */
async function feed({ stdin }: ChildProcess, body: AsyncIterable<Uint8Array>): Promise<void> {
  if (stdin === null) return
  let bytes = 0
  const bounded = Readable.from(body).map((chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > REGISTRY_BYTES_MAX) throw new UploadTooLargeError(`more than ${REGISTRY_BYTES_MAX} bytes`)
    return chunk
  })
  await pipeline(bounded, stdin).catch(error => {
    if (error instanceof UploadTooLargeError) throw error
    const isRead = error instanceof Error && 'code' in error && error.code === 'EPIPE'
    if (!isRead) throw new UploadMalformedError('the body ended before it was whole')
  })
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return (
    `the process that reads it was ended (${signal ?? code}): ` +
    `it has ${HEAP_MEGABYTES_MAX} MB of memory and ${READING_MS_MAX / 1_000} s; expected a smaller registry`
  )
}
