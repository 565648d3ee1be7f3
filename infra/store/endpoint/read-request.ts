import type { IncomingHttpHeaders } from 'node:http'
import { type Assignment, chooseSettings } from './choose-settings.ts'
import { EndpointException } from './exception.ts'

/** What one HTTP request asks of the engine. */
export type ReadRequest = {
  readonly sql: string
  readonly database: string | null
  /** Where the statement has no FORMAT clause. */
  readonly format: string
  /** Values of `{name:Type}`, in ClickHouse's tab-separated escaping as they came. */
  readonly parameters: ReadonlyMap<string, string>
  readonly settings: readonly Assignment[]
  /** The answer in ClickHouse's own compressed blocks. */
  readonly isBlockCompressed: boolean
  /** Native blocks for a client of this protocol version; 0 for blocks without a header. */
  readonly protocolVersion: number
  /** Accept-Encoding, where the client asked for HTTP compression. */
  readonly acceptEncoding: string
}

const PARAMETER_PREFIX = 'param_'

const READ_HERE = new Set([
  'query',
  'query_id',
  'compress',
  'client_protocol_version',
  'enable_http_compression',
])

/**
 * Credentials are ignored: on loopback whoever can connect may read, so any user of a client's configuration will do.
 * Throws EndpointException for what isn't supported.
 */
export function readRequest(url: URLSearchParams, headers: IncomingHttpHeaders, body: string): ReadRequest {
  const queryPart = url.get('query') ?? ''
  const sql = queryPart === '' ? body : `${queryPart}\n${body}`
  if (sql.trim() === '') throw new EndpointException(62, 'SYNTAX_ERROR', 'Empty query. ')
  if (isTrue(url.get('decompress'))) throw blocksNotRead()

  const parameters = new Map<string, string>()
  const settings: Assignment[] = []
  for (const [name, value] of url) {
    if (name.startsWith(PARAMETER_PREFIX)) parameters.set(readParameterName(name), value)
    else if (!READ_HERE.has(name)) settings.push([name, value])
  }
  return {
    sql,
    database: header(headers, 'x-clickhouse-database') ?? (url.get('database') || null),
    format: header(headers, 'x-clickhouse-format') ?? (url.get('default_format') || 'TabSeparated'),
    parameters,
    settings: chooseSettings(settings),
    isBlockCompressed: isTrue(url.get('compress')),
    protocolVersion: readProtocolVersion(url.get('client_protocol_version')),
    acceptEncoding: isTrue(url.get('enable_http_compression'))
      ? (header(headers, 'accept-encoding') ?? '')
      : '',
  }
}

function readParameterName(name: string): string {
  const parameter = name.slice(PARAMETER_PREFIX.length)
  if (/^[A-Za-z_]\w*$/.test(parameter)) return parameter
  throw new EndpointException(
    36,
    'BAD_ARGUMENTS',
    `Cannot use '${parameter}' as the name of a query parameter. `,
  )
}

function readProtocolVersion(value: string | null): number {
  if (value === null) return 0
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new EndpointException(72, 'CANNOT_PARSE_NUMBER', `Cannot parse client_protocol_version '${value}'. `)
}

function blocksNotRead(): EndpointException {
  return new EndpointException(
    48,
    'NOT_IMPLEMENTED',
    'A request body in compressed blocks (decompress=1) is not supported: send it plain or with Content-Encoding. ',
  )
}

function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true'
}

export function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}
