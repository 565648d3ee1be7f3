import { readFileSync } from 'node:fs'
import type { GatewayFields } from '@forbruk/schemas/gateway/compile-format.ts'
import { type Declaration, DeclarationError } from '@forbruk/schemas/gateway/declaration.ts'
import {
  findGatewayFormat,
  openDeclared,
  openGatewayFormat,
  readOwnDeclaration,
  splitName,
} from '@forbruk/schemas/gateway/formats.ts'
import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'

export type GatewayFieldOptions = { clientField?: string | undefined; integrationField?: string | undefined }

/**
 * A format by its name, or by the path of the operator's own, `./my-format.json`; both may have an envelope before
 * them. Throws GatewayFormatError.
 */
export function findFormat(name: string): ReturnType<typeof findGatewayFormat> {
  if (!name.endsWith('.json')) return findGatewayFormat(name)
  const { envelope, format } = splitName(name)
  // A path may hold a + of its own.
  return { declaration: readFormatFile(envelope === undefined ? name : format), envelope: envelope ?? null }
}

/** The same, with the operator's choice of fields. Throws GatewayFormatError. */
export function openFormatWithFields(name: string, fields: GatewayFields): DeclaredFormat {
  if (!name.endsWith('.json')) return openGatewayFormat(name, fields)
  const { declaration, envelope } = findFormat(name)
  return openDeclared(declaration, envelope, fields)
}

function readFormatFile(path: string): Declaration {
  return readOwnDeclaration(readText(path), path)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new DeclarationError(path, [`the file can't be read (${found}); expected a format as JSON`])
  }
}

/** A format by its name or by the file of the operator's own. Throws GatewayFormatError. */
export function openChosenFormat(name: string, options: GatewayFieldOptions): DeclaredFormat {
  return openFormatWithFields(name, { client: options.clientField, integration: options.integrationField })
}
