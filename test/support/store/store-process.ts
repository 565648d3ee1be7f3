/**
 * A process that holds a chDB folder and answers ClickHouse's HTTP protocol, with writes:
 * `node store-process.ts FOLDER PORT`. It stands in for a ClickHouse server where there is none, so that it can be
 * killed, and prints one line when it listens. What it answers is as durable as the tables are.
 */
import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import {
  EndpointException,
  formatException,
  httpStatus,
  readException,
} from '@forbruk/infra/store/endpoint/exception.ts'
import { Session } from 'chdb'

const [folder = '', port = ''] = process.argv.slice(2)
const VERSION = '26.0.0.0'
const BODY_BYTES_MAX = 256 * 1024 * 1024
/** Of the URL, but no settings. */
const NOT_SETTINGS = new Set(['query', 'query_id', 'database', 'default_format', 'session_id', 'role'])

type Request = {
  readonly sql: string
  /** Of an insert whose statement is in the URL. */
  readonly data: Buffer
  readonly database: string
  readonly format: string
  readonly settings: readonly string[]
  readonly parameters: readonly string[]
}

async function readRequest(message: IncomingMessage): Promise<Request> {
  const url = new URL(message.url ?? '/', 'http://127.0.0.1').searchParams
  const set = [...url].filter(([name]) => !NOT_SETTINGS.has(name))
  const isParameter = ([name]: readonly [string, string]) => name.startsWith('param_')
  const assign = ([name, value]: readonly [string, string]) => `${quoteName(name)} = ${quoteText(value)}`
  const body = await readBody(message)
  const query = url.get('query')
  const [sql, data] = query === null ? [body.toString('utf8'), Buffer.alloc(0)] : [query, body]
  return {
    sql,
    data,
    database: url.get('database') ?? 'default',
    format: url.get('default_format') ?? 'TSV',
    settings: set.filter(each => !isParameter(each)).map(assign),
    parameters: set.filter(isParameter).map(assign),
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX)
      throw new EndpointException(229, 'QUERY_IS_TOO_LARGE', 'The query is too large. ')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Sessions that nobody asks at the moment, by what is set in them, so that no setting of a request reaches another.
 * They are kept: where one is closed while others are asked, the engine now and then crashes or stands still.
 */
const idle = new Map<string, Session[]>()

async function execute({ sql, data, database, format, settings, parameters }: Request): Promise<Uint8Array> {
  const set = JSON.stringify([database, settings])
  const free = idle.get(set) ?? []
  idle.set(set, free)
  const session = free.pop() ?? (await openSession(database, settings))
  try {
    if (parameters.length > 0) await session.queryAsync(`SET ${parameters.join(', ')}`)
    if (data.length > 0) return await insertData(session, sql, data)
    return (await session.queryAsync(sql, { format })).bytes()
  } finally {
    free.push(session)
  }
}

async function openSession(database: string, settings: readonly string[]): Promise<Session> {
  const session = new Session(folder)
  try {
    await session.queryAsync(`USE ${quoteName(database)}`)
    if (settings.length > 0) await session.queryAsync(`SET ${settings.join(', ')}`)
    return session
  } catch (error) {
    session.close()
    throw error
  }
}

/** The engine takes binary data from a file only: INSERT INTO t (c) FORMAT f becomes a SELECT from it. */
async function insertData(session: Session, sql: string, data: Buffer): Promise<Uint8Array> {
  const [, insert, names, format] = /^(INSERT INTO \S+) \((.*)\) FORMAT (\w+)$/.exec(sql) ?? []
  const path = join(folder, `request-${randomUUID()}`)
  await writeFile(path, data)
  try {
    const select = `SELECT ${names} FROM file(${quoteText(path)}, ${format})`
    return (await session.queryAsync(`${insert} (${names}) ${select}`)).bytes()
  } finally {
    await rm(path)
  }
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await execute(await readRequest(message))
    response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8', 'x-clickhouse-timezone': 'UTC' })
    response.end(body)
  } catch (error) {
    const exception = readException(error)
    response.writeHead(httpStatus(exception), { 'x-clickhouse-exception-code': String(exception.code) })
    response.end(formatException(exception, VERSION))
  }
}

// Held from the first moment on, and the sign that the folder is whole.
const holder = new Session(folder)
await holder.queryAsync('SELECT count() FROM system.tables')
const server = createServer((message, response) => {
  if (message.url === '/ping') response.end('Ok.\n')
  else void answer(message, response)
})
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'))
process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  holder.close()
  process.exit(0)
})
