import { compileFormat, findVouchedId, type GatewayFields } from './compile-format.ts'
import { type Declaration, DeclarationError, readDeclaration } from './declaration.ts'
import { DECLARATIONS, findDeclaration } from './declarations.ts'
import { ENVELOPES, type EnvelopeName, openEnvelope } from './envelope.ts'
import type { BytesBasis, DeclaredFormat } from './gateway-format.ts'
import { GatewayFormatError } from './gateway-format-error.ts'
import { openReader } from './read-line.ts'

/**
 * A gateway's log format by its name, with the operator's choice of fields: which ones there are is declared in its
 * file. Where that names no client, one must be chosen: nothing in such a line says by itself who is metered. Before
 * the name an envelope: `syslog+`, `cri+`, `docker+`.
 *
 * @throws GatewayFormatError
 */
export function openGatewayFormat(name: string, fields: GatewayFields = {}): DeclaredFormat {
  const { declaration, envelope } = findGatewayFormat(name)
  return openDeclared(declaration, envelope, fields)
}

type FoundFormat = { readonly declaration: Declaration; readonly envelope: EnvelopeName | null }

/** @throws GatewayFormatError */
export function findGatewayFormat(name: string): FoundFormat {
  const { envelope, format } = splitName(name)
  const declaration = findDeclaration(format)
  if (declaration !== undefined && envelope !== undefined) return { declaration, envelope }
  const known = DECLARATIONS.map(each => each.format).join(', ')
  const around = ENVELOPES.map(each => `${each}+…`).join(', ')
  throw new GatewayFormatError(
    `the format ${JSON.stringify(name)} is unknown; known are ${known}, each also as ${around}; ` +
      'or the file of one of your own, ./NAME.json',
  )
}

/**
 * Reads the file of an operator's own format, and whether lines can be read by it. `file` is what errors call it.
 *
 * @throws DeclarationError with every mistake
 */
export function readOwnDeclaration(text: string, file: string): Declaration {
  const declaration = readDeclaration(text, file)
  const { format, status } = declaration
  // A mark that tells its name must not mean another.
  if (findDeclaration(format) !== undefined) {
    const found = `$.format is ${JSON.stringify(format)}, which comes with Forbruk; expected another name`
    throw new DeclarationError(file, [found])
  }
  try {
    compileFormat(declaration, declaration.client === null ? { client: status.field } : {})
  } catch (error) {
    if (!(error instanceof GatewayFormatError)) throw error
    throw new DeclarationError(file, [`$.text: ${error.message}`])
  }
  return declaration
}

/** @throws GatewayFormatError */
export function openDeclared(
  declaration: Declaration,
  around: EnvelopeName | null,
  fields: GatewayFields = {},
): DeclaredFormat {
  const { format, bytesBasis, timeBasis } = declaration
  const syntax = compileFormat(declaration, fields)
  const envelope = around ?? declaration.envelope ?? null
  return {
    name: around === null ? format : `${around}+${format}`,
    bytesBasis,
    timeBasis,
    client: syntax.client,
    isIdentified: fields.requestId !== undefined || findVouchedId(declaration) !== undefined,
    ...openReader(envelope === null ? null : openEnvelope(envelope), syntax),
  }
}

/** `syslog+combined` in its parts. The envelope is null where there is none, and undefined where none is known. */
export function splitName(name: string): { envelope: EnvelopeName | null | undefined; format: string } {
  const plus = name.indexOf('+')
  if (plus === -1) return { envelope: null, format: name }
  return { envelope: ENVELOPES.find(known => known === name.slice(0, plus)), format: name.slice(plus + 1) }
}

/** What bytes are in a format, by the name that a mark tells; null when it is unknown. */
export function bytesBasisOf(name: string): BytesBasis | null {
  const { envelope, format } = splitName(name)
  return envelope === undefined ? null : (findDeclaration(format)?.bytesBasis ?? null)
}
