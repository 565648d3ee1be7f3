import { z } from 'zod'
import { quoteIdentifier, quoteText } from '../quote-sql.ts'
import { EndpointException, readException, readonlyException } from './exception.ts'
import { FORMATS } from './formats.ts'
import type { Replica } from './open-replica.ts'
import type { ReadRequest } from './read-request.ts'
import { readFormat, type Token, type Vocabulary, vetTokens } from './vet-query.ts'

export type ReadAnswer = {
  readonly body: Buffer
  readonly format: string
  readonly contentType: string
  readonly resultRows: number
  readonly resultBytes: number
  readonly elapsedSeconds: number
}

/** Runs single read-only statements on a replica of the store. */
export type ReadEngine = {
  readonly version: string
  readonly hostName: string
  /** Throws EndpointException. `id` names the run to `cancel`. */
  run(request: ReadRequest, id: string): Promise<ReadAnswer>
  /** Stops a run, which then throws QUERY_WAS_CANCELLED; nothing happens when it is over. */
  cancel(id: string): Promise<void>
}

/** Table functions that read this store alone, or nothing at all. `merge` isn't one: it opens tables by a pattern. */
const HARMLESS_TABLE_FUNCTIONS = [
  'generateRandom',
  'generateSeries',
  'generate_series',
  'null',
  'numbers',
  'numbers_mt',
  'primes',
  'SQLStandardValues',
  'values',
  'view',
  'viewIfPermitted',
  'zeros',
  'zeros_mt',
]

/**
 * catboostEvaluate and system.models start a process of their own; system.stack_trace signals this one's threads. The
 * others tell of the machine and of its disks.
 */
const REFUSED_NAMES = [
  ...['catboostevaluate', 'models', 'stack_trace'],
  ...['filesystemavailable', 'filesystemcapacity', 'filesystemunreserved', 'getoskernelversion'],
  ...['getserversetting', 'getserverport'],
]

/** The scalar file() reads any file of this process; `file` is a column of rejected events and of sources. */
const REFUSED_COLUMN_NAMES = ['file']

/** chdb's classes of statements; see QueryClass in chdb/durable. */
const READ_ONLY_CLASS = 0

const catalogShape = z.tuple([
  z.string(),
  z.string(),
  z.array(z.string()),
  z.array(z.string()),
  z.array(z.tuple([z.string(), z.string()])),
])

const tokensShape = z.array(z.tuple([z.string(), z.string()]))

export async function openReadEngine(replica: Replica, database: string): Promise<ReadEngine> {
  const { ChdbNodeEngine } = await import('chdb/durable/node')
  const control = replica.open()
  const classifier = new ChdbNodeEngine()
  await classifier.start({ dataPath: replica.path, backupsAllowedPath: replica.path })
  const catalog = await readCatalog(sql => control.queryAsync(sql, { format: 'JSONCompactEachRow' }))

  async function run(request: ReadRequest, id: string): Promise<ReadAnswer> {
    // A session of its own, so that no setting or parameter of one request reaches another. Opening takes 1-2 ms.
    const session = replica.open()
    try {
      await session.queryAsync(`USE ${quoteIdentifier(request.database ?? database)}`)
      await session.queryAsync(setStatement([...request.settings, ['log_comment', id]]))
      if (request.parameters.size > 0)
        await session.queryAsync(setStatement(parameterSettings(request.parameters)))
      // Last, since after it the engine lets nothing be set or written.
      await session.queryAsync('SET readonly = 1')
      const tokens = await readTokens(
        sql => session.queryAsync(sql, { format: 'JSONCompactEachRow' }),
        request.sql,
      )
      const refusal = vetTokens(tokens, request.parameters, catalog.vocabulary)
      if (refusal !== null) throw readonlyException(refusal)
      const format = readFormat(tokens) ?? request.format
      const contentType = catalog.contentTypes.get(format.toLowerCase())
      if (contentType === undefined || !FORMATS.has(format.toLowerCase())) throw unknownFormat()
      await requireReadOnly(request.sql)
      // Last of all: a query begins on tables as they stand now, and none begins while they are being replaced.
      await replica.refresh()
      const result = await session.queryAsync(request.sql, { format: request.format })
      const bytes = result.bytes()
      if (bytes.length > ANSWER_BYTES_MAX) throw answerTooLarge()
      return {
        body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        format,
        contentType,
        resultRows: result.rowsRead,
        resultBytes: result.bytesRead,
        elapsedSeconds: result.elapsed,
      }
    } catch (error) {
      throw readException(error)
    } finally {
      session.close()
    }
  }

  /** By the engine's own classifier: one statement that leaves no trace, so no INTO OUTFILE, SET, USE or SYSTEM. */
  async function requireReadOnly(sql: string): Promise<void> {
    const { statementCount, queryClass } = await classifier.analyze(sql, database)
    if (statementCount !== 1)
      throw new EndpointException(62, 'SYNTAX_ERROR', 'Multi-statements are not allowed. ')
    if (Number(queryClass) !== READ_ONLY_CLASS)
      throw readonlyException('Cannot execute query in readonly mode. ')
  }

  return {
    version: catalog.version,
    hostName: catalog.hostName,
    run,
    async cancel(id) {
      await control.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${quoteText(id)} ASYNC`)
    },
  }
}

/** In its format, and so in memory until its reader has taken it. */
const ANSWER_BYTES_MAX = 134_217_728

function answerTooLarge(): EndpointException {
  return new EndpointException(
    396,
    'TOO_MANY_ROWS_OR_BYTES',
    `The answer is larger than ${ANSWER_BYTES_MAX} bytes: ask for less, or for another format. `,
  )
}

/** Its name is not repeated: it comes from a header or a URL, and goes to a header of the answer once it is known. */
function unknownFormat(): EndpointException {
  return new EndpointException(73, 'UNKNOWN_FORMAT', 'Unknown format, or none that is answered here. ')
}

type Execute = (sql: string) => Promise<{ text(): string }>

async function readCatalog(execute: Execute) {
  const harmless = HARMLESS_TABLE_FUNCTIONS.map(quoteText).join(', ')
  const result = await execute(`
    SELECT
      version(),
      hostName(),
      (SELECT groupArray(lower(name)) FROM system.table_functions
        WHERE name NOT IN (${harmless}) AND name NOT IN (SELECT name FROM system.functions)),
      (SELECT groupArray(lower(name)) FROM system.functions WHERE categories = 'AI' OR lower(name) LIKE 'ai%'),
      (SELECT groupArray((lower(name), content_type)) FROM system.formats WHERE is_output)`)
  const [version, hostName, tableFunctions, networkFunctions, formats] = catalogShape.parse(
    JSON.parse(result.text()),
  )
  const vocabulary: Vocabulary = {
    names: new Set([...REFUSED_NAMES, ...networkFunctions]),
    columnNames: new Set(REFUSED_COLUMN_NAMES),
    tableFunctions: new Set(tableFunctions),
  }
  return { version, hostName, vocabulary, contentTypes: new Map(formats) }
}

/** The statement as the engine formats it, cut up by the engine's lexer. Throws what the parser says of a wrong one. */
async function readTokens(execute: Execute, sql: string): Promise<Token[]> {
  try {
    const result = await execute(`
      WITH formatQuerySingleLine(${quoteText(sql)}) AS canonical
      SELECT arrayJoin([arrayMap(t -> (t.3, substring(canonical, t.1 + 1, t.2 - t.1)), tokenizeQuery(canonical))])`)
    return z.tuple([tokensShape]).parse(JSON.parse(result.text()))[0]
  } catch (error) {
    const { code, type, message } = readException(error)
    const scope = message.indexOf(': In scope WITH formatQuerySingleLine')
    const words = scope < 0 ? message : `${message.slice(0, scope).trimEnd().replace(/\.$/, '')}. `
    throw new EndpointException(code, type, words)
  }
}

function parameterSettings(parameters: ReadonlyMap<string, string>): (readonly [string, string])[] {
  return [...parameters].map(([name, value]) => [`param_${name}`, value] as const)
}

function setStatement(assignments: readonly (readonly [name: string, value: string])[]): string {
  return `SET ${assignments.map(([name, value]) => `${name} = ${quoteText(value)}`).join(', ')}`
}
