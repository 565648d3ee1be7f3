import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createAdmission } from './admit.ts'
import { toCompressedBlocks } from './compressed-blocks.ts'
import { chooseCoding, decodeBody, encodeBody, tooLarge } from './encode-body.ts'
import { EndpointException, formatException, httpStatus, readException } from './exception.ts'
import { addBlockHeaders } from './native-blocks.ts'
import type { ReadAnswer, ReadEngine } from './read-engine.ts'
import { header, type ReadRequest, readRequest } from './read-request.ts'

export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export const BODY_BYTES_MAX = 1_048_576

/**
 * The engine runs on libuv's four threads, which the aggregator's inserts need as well: two stay free for them.
 * The panels of a dashboard arrive together and wait their turn.
 */
const RUNNING_MAX = 2
const WAITING_MAX = 30

/** Answers the requests for queries; one of these per endpoint, since it counts what runs. */
export function createAnswerer(engine: ReadEngine) {
  const admission = createAdmission(RUNNING_MAX, WAITING_MAX)
  const runs = new Set<string>()
  let isStopping = false

  async function run(request: ReadRequest, isGone: AbortSignal): Promise<ReadAnswer> {
    const id = randomUUID()
    const cancel = () => void engine.cancel(id).catch(() => {})
    const admitted = await admission.run(async () => {
      if (isGone.aborted || isStopping)
        throw new EndpointException(394, 'QUERY_WAS_CANCELLED', 'Not begun. ', 503)
      runs.add(id)
      isGone.addEventListener('abort', cancel, { once: true })
      try {
        return await engine.run(request, id)
      } finally {
        isGone.removeEventListener('abort', cancel)
        runs.delete(id)
      }
    })
    if (admitted !== null) return admitted.answer
    throw new EndpointException(
      202,
      'TOO_MANY_SIMULTANEOUS_QUERIES',
      `Too many simultaneous queries. Maximum: ${RUNNING_MAX + WAITING_MAX}. `,
    )
  }

  return {
    /** Never throws: what goes wrong is the reply. */
    async answer(message: IncomingMessage, url: URL, isGone: AbortSignal): Promise<Reply> {
      const queryId = readQueryId(url.searchParams.get('query_id'))
      const common = {
        'x-clickhouse-query-id': queryId,
        'x-clickhouse-server-display-name': engine.hostName,
      }
      try {
        const body = await readBody(message)
        const request = readRequest(url.searchParams, message.headers, body.toString('utf8'))
        const answer = await run(request, isGone)
        return await formatReply(answer, request, common)
      } catch (error) {
        return formatRefusal(readException(error), engine.version, common)
      }
    },

    /** Cancels what runs and begins nothing of what waits. */
    async stop(): Promise<void> {
      isStopping = true
      await Promise.allSettled([...runs].map(id => engine.cancel(id)))
    },
  }
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
