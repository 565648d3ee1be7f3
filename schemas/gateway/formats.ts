import { compileFormat, type GatewayFields } from './compile-format.ts'
import type { Declaration } from './declaration.ts'
import { DECLARATIONS, findDeclaration } from './declarations.ts'
import { ENVELOPES, type EnvelopeName, openEnvelope } from './envelope.ts'
import type { BytesBasis, DeclaredFormat } from './gateway-format.ts'
import { GatewayFormatError } from './gateway-format-error.ts'
import { openReader } from './read-line.ts'

/** How a line is written. With what is around it: `syslog+combined`. */
export const GATEWAY_FORMATS: readonly string[] = DECLARATIONS.map(({ format }) => format)

/**
 * A gateway's log format by its name, with the operator's choice of fields: which ones there are is declared in its
 * file. Where that names no client, one must be chosen: nothing in such a line says by itself who is metered. Before
 * the name an envelope: `syslog+`, `cri+`, `docker+`.
 *
 * @throws GatewayFormatError
 */
export function openGatewayFormat(name: string, fields: GatewayFields = {}): DeclaredFormat {
  const { envelope, format } = splitName(name)
  const declaration = findDeclaration(format)
  if (declaration === undefined || envelope === undefined) {
    throw new GatewayFormatError(
      `the format ${JSON.stringify(name)} is unknown; known are ${GATEWAY_FORMATS.join(', ')}, ` +
        `each also as ${ENVELOPES.map(each => `${each}+…`).join(', ')}; or the file of one of your own, ./NAME.json`,
    )
  }
  return openDeclared(declaration, envelope, fields)
}

/**
 * A format of the operator's own, in an envelope or none.
 *
 * @throws GatewayFormatError
 */
export function openDeclared(
  declaration: Declaration,
  around: EnvelopeName | null,
  fields: GatewayFields = {},
): DeclaredFormat {
  const { format, bytesBasis, timeBasis } = declaration
  const syntax = compileFormat(declaration, fields)
  const envelope = around ?? declaration.envelope ?? null
  const reader = openReader(envelope === null ? null : openEnvelope(envelope), syntax)
  return {
    name: around === null ? format : `${around}+${format}`,
    bytesBasis,
    timeBasis,
    client: syntax.client,
    ...reader,
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
