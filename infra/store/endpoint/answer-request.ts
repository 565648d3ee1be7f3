import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hashSecret, isSameHash } from '../../access/secret.ts'
import { type AdmissionBounds, createAdmission } from './admit.ts'
import { toCompressedBlocks } from './compressed-blocks.ts'
import { chooseCoding, decodeBody, encodeBody, tooLarge } from './encode-body.ts'
import { EndpointException, formatException, httpStatus, readException } from './exception.ts'
import { KEY_HEADER } from './find-endpoint.ts'
import { addBlockHeaders } from './native-blocks.ts'
import type { ReadAnswer, ReadEngine } from './read-engine.ts'
import { header, type ReadRequest, readRequest } from './read-request.ts'

export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What ClickHouse itself takes, unless it is told otherwise. */
export const BODY_BYTES_MAX = 262_144

/** The panels of a dashboard arrive together and wait their turn; one caller leaves a place for another. */
const ANALYSTS: AdmissionBounds = {
  runningMax: 3,
  runningPerCallerMax: 2,
  waitingMax: 60,
  waitingPerCallerMax: 30,
}

/** Beside them, for our own commands: an operator's `forbruk status` waits for no analyst. */
const OWN: AdmissionBounds = {
  runningMax: 1,
  runningPerCallerMax: 1,
  waitingMax: 30,
  waitingPerCallerMax: 30,
}

/** After its time a query is told to end; what doesn't then is stuck in the engine, and only a process can be ended. */
const GRACE_MS = 2_000

/**
 * Answers the requests for queries; one of these per endpoint, since it counts what runs. `key` is our commands'.
 * `onStuck` is called for a query that did not end in its time.
 */
export function createAnswerer(engine: ReadEngine, key: string, onStuck: (reason: string) => void) {
  const analysts = createAdmission(ANALYSTS)
  const own = createAdmission(OWN)
  const runs = new Set<string>()
  let isStopping = false

  async function run(request: ReadRequest, isGone: AbortSignal): Promise<ReadAnswer> {
    if (isGone.aborted || isStopping)
      throw new EndpointException(394, 'QUERY_WAS_CANCELLED', 'Not begun. ', 503)
    const id = randomUUID()
    const cancel = () => void engine.cancel(id).catch(() => {})
    const seconds = Number(new Map(request.settings).get('max_execution_time'))
    const stuck = setTimeout(
      () => onStuck(`a query that may take ${seconds} s did not end in its time`),
      seconds * 1_000 + GRACE_MS,
    )
    runs.add(id)
    isGone.addEventListener('abort', cancel, { once: true })
    try {
      return await engine.run(request, id)
    } finally {
      clearTimeout(stuck)
      isGone.removeEventListener('abort', cancel)
      runs.delete(id)
    }
  }

  /** A place is kept until the answer is sent, since it is in memory until then. */
  async function admit(message: IncomingMessage, url: URL, step: () => Promise<void>): Promise<void> {
    const admission = isOwn(message, key) ? own : analysts
    if ((await admission.run(readCaller(message, url), step)) !== null) return
    throw new EndpointException(
      202,
      'TOO_MANY_SIMULTANEOUS_QUERIES',
      `Too many simultaneous queries: at most ${ANALYSTS.waitingPerCallerMax} of one caller wait, ` +
        `and ${ANALYSTS.waitingMax} of all. `,
    )
  }

  return {
    /** What goes wrong before the answer is sent, is the reply. Throws what `send` throws. */
    async answer(message: IncomingMessage, url: URL, isGone: AbortSignal, send: Send): Promise<void> {
      const queryId = readQueryId(url.searchParams.get('query_id'))
      const common = {
        'x-clickhouse-query-id': queryId,
        'x-clickhouse-server-display-name': engine.hostName,
      }
      let isSending = false
      try {
        const body = await readBody(message)
        const request = readRequest(url.searchParams, message.headers, body.toString('utf8'))
        await admit(message, url, async () => {
          const reply = await formatReply(await run(request, isGone), request, common)
          isSending = true
          await send(reply)
        })
      } catch (error) {
        if (isSending) throw error
        await send(formatRefusal(readException(error), engine.version, common))
      }
    },

    /** Cancels what runs and begins nothing of what waits. */
    async stop(): Promise<void> {
      isStopping = true
      await Promise.allSettled([...runs].map(id => engine.cancel(id)))
    },
  }
}

type Send = (reply: Reply) => Promise<void>

function isOwn(message: IncomingMessage, key: string): boolean {
  return isSameHash(hashSecret(header(message.headers, KEY_HEADER) ?? ''), hashSecret(key))
}

/** Whoever says so: nobody proves it here, and the bounds for all hold whatever is said. */
function readCaller({ headers, socket }: IncomingMessage, url: URL): string {
  const user =
    header(headers, 'x-clickhouse-user') ?? url.searchParams.get('user') ?? headers.authorization ?? ''
  return `${socket.remoteAddress} ${user}`
}

/** Goes into a header of every answer, so it is either fit for one or replaced. */
function readQueryId(wanted: string | null): string {
  return wanted !== null && /^[\x21-\x7e]{1,128}$/.test(wanted) ? wanted : randomUUID()
}

async function formatReply(
  answer: ReadAnswer,
  request: ReadRequest,
  common: Record<string, string>,
): Promise<Reply> {
  const isNative = answer.format.toLowerCase() === 'native'
  const plain = isNative ? addBlockHeaders(answer.body, request.protocolVersion) : answer.body
  const body = request.isBlockCompressed ? await toCompressedBlocks(plain) : plain
  const coding = chooseCoding(request.acceptEncoding)
  const headers: Record<string, string> = {
    ...common,
    'content-type': answer.contentType,
    'x-clickhouse-format': answer.format,
    'x-clickhouse-timezone': 'UTC',
    'x-clickhouse-summary': formatSummary(answer),
  }
  if (coding !== null) headers['content-encoding'] = coding
  return { status: 200, headers, body: await encodeBody(body, coding) }
}

/** The engine tells how much it answered, not how much it read for that, which is at least as much. */
function formatSummary({ resultRows, resultBytes, elapsedSeconds }: ReadAnswer): string {
  return JSON.stringify({
    read_rows: String(resultRows),
    read_bytes: String(resultBytes),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: String(resultRows),
    result_bytes: String(resultBytes),
    elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
  })
}

function formatRefusal(exception: EndpointException, version: string, common: Record<string, string>): Reply {
  const status = httpStatus(exception)
  return {
    status,
    headers: {
      ...common,
      'content-type': 'text/plain; charset=UTF-8',
      'x-clickhouse-exception-code': String(exception.code),
      ...(status === 503 ? { 'retry-after': '1' } : {}),
      // What is left of a body we stopped reading must not be taken for the next request.
      ...(status === 413 ? { connection: 'close' } : {}),
    },
    body: Buffer.from(formatException(exception, version)),
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const contentType = header(message.headers, 'content-type') ?? ''
  if (contentType.startsWith('multipart/')) {
    throw new EndpointException(
      48,
      'NOT_IMPLEMENTED',
      'multipart/form-data (external tables, parameters as form fields) is not supported: ' +
        'send the query as the body and param_* in the URL. ',
    )
  }
  if (Number(message.headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw tooLarge(BODY_BYTES_MAX)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw tooLarge(BODY_BYTES_MAX)
    chunks.push(chunk)
  }
  return decodeBody(Buffer.concat(chunks), header(message.headers, 'content-encoding') ?? '', BODY_BYTES_MAX)
}
