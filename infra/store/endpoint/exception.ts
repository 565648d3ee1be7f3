/** An error as ClickHouse's HTTP interface words it. */
export class EndpointException extends Error {
  override name = 'EndpointException'
  readonly code: number
  readonly type: string
  /** The HTTP status where it isn't the one that follows from the code. */
  readonly status: number | null

  constructor(code: number, type: string, message: string, status: number | null = null) {
    super(message)
    this.code = code
    this.type = type
    this.status = status
  }
}

export function readonlyException(message: string): EndpointException {
  return new EndpointException(164, 'READONLY', message)
}

const ENGINE_MESSAGE = /Code: (\d+)\. DB::Exception: /
const ENGINE_TYPE = /^\(([A-Z0-9_]+)\)$/

/** What the engine threw, e.g. «Query failed: Code: 60. DB::Exception: Unknown table … (UNKNOWN_TABLE)». */
export function readException(error: unknown): EndpointException {
  if (error instanceof EndpointException) return error
  const message = error instanceof Error ? error.message : String(error)
  const start = ENGINE_MESSAGE.exec(message)
  const end = message.lastIndexOf('(')
  const [, type] = ENGINE_TYPE.exec(message.slice(end).trimEnd()) ?? []
  if (start === null || type === undefined) {
    return new EndpointException(1002, 'UNKNOWN_EXCEPTION', `${message.replace(/\.?$/, '.')} `)
  }
  const words = message.slice(start.index + start[0].length, end)
  return new EndpointException(Number(start[1]), type, words)
}

export function formatException(exception: EndpointException, version: string): string {
  const words = exception.message.trimEnd()
  return `Code: ${exception.code}. DB::Exception: ${words} (${exception.type}) (version ${version} (official build))\n`
}

const CODES_OF_STATUS: readonly (readonly [status: number, codes: readonly number[]])[] = [
  // The text of the request is wrong.
  [
    400,
    [
      6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675,
      676,
    ],
  ],
  // It names what there isn't: a table, database, column, function, type, format, setting.
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]],
  [408, [159]],
  [413, [229]],
  [501, [48]],
  [503, [76, 202, 209, 439]],
]

const STATUS_OF_CODE = new Map(
  CODES_OF_STATUS.flatMap(([status, codes]) => codes.map(code => [code, status] as const)),
)

/**
 * As ClickHouse maps its codes to HTTP, but for 202, too many queries at once: a server answers 500, which clients
 * give up on; 503 says that it passes.
 */
export function httpStatus(exception: EndpointException): number {
  return exception.status ?? STATUS_OF_CODE.get(exception.code) ?? 500
}
