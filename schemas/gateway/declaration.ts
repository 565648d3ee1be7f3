import { z } from 'zod'
import { readJson } from '../json/read-json.ts'
import { GatewayFormatError } from './gateway-format-error.ts'
import { TIME_FORMS } from './parse-time.ts'

/**
 * A gateway's log format as a file says it: where the fields of a line are, and on whose word they stand. What it says
 * is compiled once, into a reader of lines.
 */
export type Declaration = z.infer<typeof declarationShape>
export type TimeAt = Declaration['time'][number]

/** A format's file is wrong; `faults` names every mistake by JSON path, value and what was expected. */
export class DeclarationError extends GatewayFormatError {
  override name = 'DeclarationError'
  readonly faults: readonly string[]
  constructor(file: string, faults: readonly string[]) {
    super(`the format ${file} can't be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** Reads a format's text. `file` is what errors call it. Throws DeclarationError with every mistake. */
export function readDeclaration(text: string, file: string): Declaration {
  const reading = readJson(text, declarationShape, 'a format as forbruk formats show prints one')
  if (reading.ok) return reading.value
  throw new DeclarationError(file, reading.faults)
}

const words = (is: string) => z.string({ error: is }).min(1, is)
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: values.map(value => JSON.stringify(value)).join(', ') })

const fieldName = words(
  'the name of a field in the line, such as "status"; of JSON\'s objects within objects, a.b',
)
const flag = z.literal(true, { error: 'true, or nothing' }).optional()

const SET_BY = ['gateway', 'caller', 'operator'] as const
const fieldShape = z.strictObject(
  {
    setBy: oneOf(SET_BY),
    is: words('what the field holds, in words'),
    /** An address, maybe with a port, which is another one for each connection: the address alone is a name. */
    holds: z.literal('peer', { error: '"peer", or nothing' }).optional(),
  },
  { error: 'an object with setBy and is' },
)

const jsonShape = z.strictObject({
  syntax: z.literal('json'),
  /** A template that the operator wrote may not be quite JSON, and a caller may write fields of it. */
  writtenBy: oneOf(['template', 'program']),
  /** A line may end anywhere: what stands before is read. */
  mayBeCut: flag,
  /** A value holds several requests, in the list that stands in this field; in itself where the name is empty. */
  list: z.string({ error: 'the name of the field that holds a list, or "" for the value itself' }).optional(),
})

const KINDS = ['address', 'ip', 'address_port', 'peer', 'server', 'user', 'request', 'captures'] as const
const LINE_RULE =
  'a line of it with $name where a field stands, such as $remote_addr - $remote_user [$time] "$request"'
const tokensShape = z.strictObject({
  syntax: z.literal('tokens'),
  line: words(LINE_RULE),
  /** What a field looks like, where that is more than a word, or what stands in quotes or brackets. */
  kinds: z.record(z.string(), oneOf(KINDS), { error: 'an object of field names' }).optional(),
  /**
   * How a quote within quotes is written: `\"`, `\x22`, `#22` or `%22`. `none`: as it is, so that a caller can write
   * one.
   */
  escapes: oneOf(['backslash', 'hex', 'hash', 'percent', 'none']),
  /** More fields may follow: `extra1`, `extra2` … */
  extras: flag,
  /** Several spaces stand for one. */
  padded: flag,
})

const columnsShape = z
  .array(fieldName, { error: "a list of the columns' names" })
  .min(1, 'one column or more')
const separator = z.string({ error: 'one character' }).length(1, 'one character')
const w3cShape = z.strictObject({
  syntax: z.literal('w3c'),
  separator,
  /** The columns of lines that no `#Fields:` comes before. */
  columns: columnsShape.optional(),
  /** How a space within a value is written. */
  spaces: oneOf(['plus', 'percent']),
})
const delimitedShape = z.strictObject({ syntax: z.literal('delimited'), separator, columns: columnsShape })
const keyValueShape = z.strictObject({ syntax: z.literal('key_value') })

const SYNTAXES = '"json", "tokens", "w3c", "delimited" or "key_value" for syntax, with its own fields'
const textShape = z.discriminatedUnion(
  'syntax',
  [jsonShape, tokensShape, w3cShape, delimitedShape, keyValueShape],
  { error: SYNTAXES },
)

const timeShape = z.strictObject({
  /** Two fields are read with a T between them: a date and a time of day. */
  field: z.union([fieldName, z.tuple([fieldName, fieldName])], {
    error: 'a field, or a list of two: date and time',
  }),
  as: oneOf(TIME_FORMS),
  /** Of times that don't say it. A zone by its name won't do: it has an hour twice a year. */
  offset: z
    .string()
    .regex(/^(?:Z|[+-]\d\d:\d\d)$/, 'Z, or an offset such as +01:00')
    .optional(),
})

/** A field, or a word in it: of `GET /a HTTP/1.1` the method is word 1, and the route word 2. */
const wordShape = z.strictObject({
  field: fieldName,
  word: z.number({ error: 'a number from 1' }).int().min(1).optional(),
})

const BYTES_RULE = 'a field, or null where the log does not say'
const bytesShape = z.strictObject({ field: fieldName, zeroIfMissing: flag }, { error: BYTES_RULE }).nullable()
/** Of a Content-Length, what an answer that has no body tells of the body that it would have counts for nothing. */
const answerBytesShape = z
  .strictObject({ field: fieldName, zeroIfMissing: flag, isContentLength: flag }, { error: BYTES_RULE })
  .nullable()

const requestIdShape = z.strictObject({
  field: words('the id, as the gateway calls it'),
  /** Where a line has it; nothing where a line of this format has it only if the operator puts it there. */
  at: z
    .union([fieldName, z.tuple([fieldName, fieldName])], {
      error: 'a field, or a list of two that make one together',
    })
    .optional(),
  setBy: oneOf(SET_BY),
  /** When the id is the gateway's own all the same. */
  soundWhen: words('when the id is the gateway’s own all the same, in words').optional(),
})

const FORMAT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/
const declarationShape = z
  .strictObject(
    {
      format: z
        .string({ error: 'a name' })
        .regex(FORMAT_NAME, 'a name of small letters, digits and hyphens, such as my-gateway'),
      gateway: words('the program whose log it is'),
      sends: words('what the program writes, and when, in words'),
      /** Whether it was held against lines that the program itself wrote. */
      evidence: oneOf(['real_run', 'documentation']),
      version: words('the version that ran, or whose documentation was read'),
      source: words('where its source or its documentation says so'),
      traps: z.array(words('a trap, in words'), { error: 'a list of texts' }),
      text: textShape,
      envelope: oneOf(['syslog', 'cri', 'docker']).optional(),
      client: fieldName.nullable(),
      integration: fieldName.nullable(),
      fields: z.record(z.string(), fieldShape, { error: 'an object of field names' }),
      otherFields: fieldShape,
      time: z
        .array(timeShape, { error: 'a list of fields, of which the first that is there is read' })
        .min(1, 'one or more'),
      timeBasis: oneOf(['start', 'end']),
      status: z.strictObject({ field: fieldName, zeroIfMissing: flag }, { error: 'an object with field' }),
      requestBytes: bytesShape,
      responseBytes: answerBytesShape,
      bytesBasis: oneOf(['headers_and_body', 'body']),
      /** Texts that say that there is nothing; beside "", "-" and null, which always do. */
      missing: z.array(words('a text'), { error: 'a list of texts' }),
      method: wordShape.optional(),
      route: wordShape.optional(),
      requestIds: z.array(requestIdShape, { error: 'a list, empty where the log has no id of a request' }),
    },
    { error: 'an object' },
  )
  .refine(({ responseBytes, method }) => responseBytes?.isContentLength !== true || method !== undefined, {
    path: ['method'],
    error: 'a field: isContentLength counts nothing of an answer to HEAD',
  })
