import { acceptRequest, type Measures, readNames, rejectLine, tellStatus } from './accept-request.ts'
import { compileMeasures } from './compile-measures.ts'
import type { Declaration } from './declaration.ts'
import type { ClientField, DescribedLine, LineSyntax, ParsedLine, SetBy } from './gateway-format.ts'
import { GatewayFormatError } from './gateway-format-error.ts'
import { isMissing, parseStatus } from './parse-number.ts'
import { readName } from './read-name.ts'
import { addressOfPeer } from './remote-address.ts'
import { readDelimitedFields, readW3cFields } from './syntax/delimited.ts'
import { BROKEN, type FieldReader, TWICE, Unreadable } from './syntax/field-reader.ts'
import { readJsonFields } from './syntax/json.ts'
import { KEY_VALUE_FIELDS } from './syntax/key-value.ts'
import { readTokenFields } from './syntax/tokens.ts'

/** Which field of the log holds what. */
export type GatewayFields = {
  readonly client?: string | undefined
  readonly integration?: string | undefined
  /** Where a request's id stands that no caller can set; without it, where the format vouches for one. */
  readonly requestId?: string | undefined
}

/**
 * Makes a reader of lines out of what a format's file declares, once: for each line it looks nothing up by name.
 *
 * @throws GatewayFormatError
 */
export function compileFormat(declaration: Declaration, chosen: GatewayFields): LineSyntax {
  const { text } = declaration
  switch (text.syntax) {
    case 'json':
      return compile(readJsonFields(text), declaration, chosen)
    case 'tokens':
      return compile(readTokenFields(text, namesNeeded(declaration)), declaration, chosen)
    case 'delimited':
      return compile(readDelimitedFields(text), declaration, chosen)
    case 'key_value':
      return compile(KEY_VALUE_FIELDS, declaration, chosen)
    case 'w3c':
      return compileW3c(text, declaration, chosen)
  }
}

type W3cText = Extract<Declaration['text'], { syntax: 'w3c' }>

/** A header's columns are compiled when it comes, and once where it is repeated. */
function compileW3c(text: W3cText, declaration: Declaration, chosen: GatewayFields): LineSyntax {
  const declared = readW3cFields(text, text.columns)
  let latest = { columns: text.columns?.join(' '), syntax: compile(declared, declaration, chosen) }
  const first: LineSyntax = {
    ...latest.syntax,
    readHeader: line => {
      const header = declared.readHeader?.(line) ?? { kind: 'none' }
      if (header.kind !== 'columns') return header.kind === 'none' ? null : header.kind
      const columns = header.columns.join(' ')
      if (columns === text.columns?.join(' ')) return first
      if (columns !== latest.columns) {
        latest = { columns, syntax: compileColumns(text, header.columns, declaration, chosen, first) }
      }
      return latest.syntax
    },
  }
  return first
}

/** Columns may lack what is needed: then no line is read until others are named. */
function compileColumns(
  text: W3cText,
  columns: readonly string[],
  declaration: Declaration,
  chosen: GatewayFields,
  first: LineSyntax,
): LineSyntax {
  try {
    return compile(readW3cFields(text, columns), declaration, chosen)
  } catch (error) {
    if (!(error instanceof GatewayFormatError)) throw error
    return { ...first, parse: () => rejectLine('field_missing', error.message), describe: () => null }
  }
}

function namesNeeded({ time, status, requestBytes, responseBytes }: Declaration): string[] {
  const bytes = [requestBytes, responseBytes].flatMap(each => (each === null ? [] : [each.field]))
  return [...time.flatMap(({ field }) => field), status.field, ...bytes]
}

function compile<Cut>(reader: FieldReader<Cut>, declaration: Declaration, chosen: GatewayFields): LineSyntax {
  const client = chooseClient(declaration, chosen)
  const read = compileRequest(reader, declaration, chosen, client)
  return {
    client,
    otherwise: reader.otherwise,
    parse: text => read(reader.cut(text)),
    parseList:
      reader.cutList === null
        ? null
        : text => {
            const cuts = reader.cutList?.(text) ?? []
            return cuts instanceof Unreadable ? [read(cuts)] : cuts.map(read)
          },
    describe: compileDescription(reader, declaration),
    readHeader: null,
  }
}

type Found<Cut> = (cut: Cut) => unknown

function compileRequest<Cut>(
  reader: FieldReader<Cut>,
  declaration: Declaration,
  chosen: GatewayFields,
  client: ClientField,
): (cut: Cut | Unreadable) => ParsedLine {
  const { format, status } = declaration
  const integration = chosen.integration ?? declaration.integration
  const isDemanded = reader.isPositional && integration !== null
  const findClient = named(reader, 'client', client.field, declaration)
  const findIntegration =
    integration === null ? () => '' : named(reader, 'integration', integration, declaration)
  const findStatus = findField(reader, 'status', status.field, format)
  const readMeasures = compileMeasures(name => findField(reader, 'measured', name, format), declaration)
  const findId = compileRequestId(reader, declaration, chosen)
  return cut => {
    if (cut instanceof Unreadable) return rejectLine(cut.reason, cut.detail)
    const clientText = findClient(cut)
    const integrationText = findIntegration(cut)
    if (clientText === BROKEN) return rejectBroken(client.field)
    if (integrationText === BROKEN) return rejectBroken(integration ?? '')
    if (clientText === TWICE) return rejectTwice('client_invalid', client.field)
    if (integrationText === TWICE) return rejectTwice('integration_invalid', integration ?? '')
    const names = readNames(clientText, integrationText, client)
    if (names.kind === 'rejected') {
      const answered = findStatus(cut)
      return tellStatus(names, answered === undefined ? null : parseStatus(answered))
    }
    if (isDemanded && integrationText === undefined) {
      return rejectLine('field_missing', `the line has no ${integration}`)
    }
    const measures: Measures | ParsedLine = readMeasures(cut)
    if ('kind' in measures) return measures
    const accepted = acceptRequest(names, measures, client)
    if (findId === null || accepted.kind !== 'request') return accepted
    const requestId = readId(findId(cut))
    return requestId === '' ? accepted : { ...accepted, requestId }
  }
}

function rejectBroken(field: string): ParsedLine {
  return rejectLine('line_truncated', `a quoted field is broken off before ${field}`)
}

function rejectTwice(reason: 'client_invalid' | 'integration_invalid', field: string): ParsedLine {
  return rejectLine(reason, `${field} is there twice, and which one is the gateway's is not told`)
}

/** @throws GatewayFormatError */
function findField<Cut>(reader: FieldReader<Cut>, role: string, field: string, format: string): Found<Cut> {
  const found = reader.field(field, 'once')
  if (found !== null) return found
  if (field === '') {
    throw new GatewayFormatError(`the ${role} field of ${format} is empty; expected ${reader.known}`)
  }
  throw new GatewayFormatError(
    `the ${role} field ${JSON.stringify(field)} of ${format} is unknown; expected ${reader.known}`,
  )
}

/** A field by which somebody is named. */
function named<Cut>(
  reader: FieldReader<Cut>,
  role: 'client' | 'integration',
  field: string,
  declaration: Declaration,
): Found<Cut> {
  const find = notMissing(findField(reader, role, field, declaration.format), declaration)
  const { fields } = declaration
  if (!Object.hasOwn(fields, field) || fields[field]?.holds !== 'peer') return find
  return cut => {
    const value = find(cut)
    return typeof value === 'string' ? addressOfPeer(value) : value
  }
}

function notMissing<Cut>(find: Found<Cut>, { missing }: Declaration): Found<Cut> {
  if (missing.length === 0) return find
  const nothing: ReadonlySet<unknown> = new Set(missing)
  return cut => {
    const value = find(cut)
    return nothing.has(value) ? '' : value
  }
}

function chooseClient(declaration: Declaration, { client }: GatewayFields): ClientField {
  const field = client ?? declaration.client
  if (field === null) throw new GatewayFormatError(explainChoice(declaration))
  return { field, setBy: whoSets(field, declaration) }
}

function whoSets(field: string, { fields, otherFields }: Declaration): SetBy {
  return (Object.hasOwn(fields, field) ? fields[field] : otherFields)?.setBy ?? otherFields.setBy
}

const WORD = { gateway: "the gateway's", caller: "the caller's", operator: "your log format's" } as const

function explainChoice({ format, fields, otherFields }: Declaration): string {
  const known = Object.entries(fields).map(([name, { setBy, is }]) => `${name} is ${WORD[setBy]} word: ${is}`)
  const others = `other fields are ${WORD[otherFields.setBy]} word: ${otherFields.is}`
  return `${format} does not say who is metered: choose with --client-field. ${[...known, others].join('; ')}`
}

/** Where the id stands that the gateway itself makes, as the format declares it. */
export function findVouchedId({ requestIds }: Declaration): Declaration['requestIds'][number]['at'] {
  return requestIds.find(({ at, setBy }) => at !== undefined && setBy === 'gateway')?.at
}

function compileRequestId<Cut>(
  reader: FieldReader<Cut>,
  declaration: Declaration,
  { requestId }: GatewayFields,
): Found<Cut> | null {
  const { format, requestIds } = declaration
  if (requestId === undefined) {
    const vouched = findVouchedId(declaration)
    if (vouched === undefined) return null
    // Where a file names its own columns, it may have none for the id, and its lines are known by their place.
    if (reader.namesOwnColumns && [vouched].flat().some(name => reader.field(name) === null)) return null
    const [first, second] = [vouched].flat().map(name => findField(reader, 'request id', name, format))
    if (first === undefined || second === undefined) return first ?? null
    return cut => joinId(first(cut), second(cut))
  }
  const known = requestIds.find(({ at }) => at === requestId)
  if (known?.setBy === 'caller' && known.soundWhen === undefined) {
    throw new GatewayFormatError(
      `the request id ${JSON.stringify(requestId)} of ${format} is the caller's word: by it, callers could pass ` +
        'requests off as copies of one',
    )
  }
  return findField(reader, 'request id', requestId, format)
}

/** An id that is one only beside what made it, such as a source. Without either it is none. */
function joinId(first: unknown, second: unknown): unknown {
  const [one, other] = [readId(first), readId(second)]
  // In a URI a space is %20: with one of its own, the first could reach into the second.
  return one === '' || other === '' ? undefined : `${one.replaceAll(' ', '%20')} ${other}`
}

/**
 * Empty where there is none, or it is no name, or would be another one as a name: two ids must never become one. The
 * line is then known by its place.
 */
function readId(value: unknown): string {
  const id = readName(value)
  return typeof id === 'string' && id === String(value) ? id : ''
}

function compileDescription<Cut>(
  reader: FieldReader<Cut>,
  { fields, method, route, status, requestBytes, responseBytes }: Declaration,
): LineSyntax['describe'] {
  const measured = [status.field, requestBytes?.field ?? [], responseBytes?.field ?? []].flat()
  const named = new Set([...reader.names, ...Object.keys(fields), ...measured])
  const finders = [...named].flatMap(name => {
    const find = reader.field(name)
    return find === null ? [] : [{ name, find }]
  })
  const word = (at: typeof method): ((cut: Cut) => string) => {
    const find = at === undefined ? null : reader.field(at.field)
    return cut => pickWord(find?.(cut), at?.word)
  }
  const [findMethod, findRoute] = [word(method), word(route)]
  return (text): DescribedLine | null => {
    const cut = reader.cut(text)
    if (cut instanceof Unreadable) return null
    const states = finders.map(({ name, find }) => ({ name, state: stateOf(find(cut)) }))
    return { method: findMethod(cut), route: findRoute(cut).split('?', 1)[0] ?? '', fields: states }
  }
}

function stateOf(value: unknown): DescribedLine['fields'][number]['state'] {
  if (value === undefined || value === BROKEN) return 'absent'
  return isMissing(value) ? 'empty' : 'said'
}

function pickWord(value: unknown, word: number | undefined): string {
  if (typeof value !== 'string') return ''
  return word === undefined ? value : (value.split(' ', word)[word - 1] ?? '')
}
