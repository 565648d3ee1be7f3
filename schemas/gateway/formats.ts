import { type CombinedField, combined, EXTRA_FIELDS_MAX } from './combined.ts'
import type { GatewayFormat } from './gateway-format.ts'
import { nginxJson } from './nginx-json.ts'

export const GATEWAY_FORMATS = ['nginx-json', 'combined'] as const

/** Which field of the log holds what; whatever is left out is the format's default. */
type GatewayFields = {
  readonly client?: string | undefined
  readonly integration?: string | undefined
}

/** The format or one of its fields is unknown; `message` lists those that are known. */
export class GatewayFormatError extends Error {
  override name = 'GatewayFormatError'
}

/**
 * A gateway's log format by its name, with the operator's choice of fields.
 * - `nginx-json`: a field is the name of a JSON field, e.g. `client_id`.
 * - `combined`: a field is `remote_user`, `remote_addr`, or `extra1` for the first field after the user agent.
 *
 * @throws GatewayFormatError
 */
export function openGatewayFormat(name: string, fields: GatewayFields = {}): GatewayFormat {
  const known = GATEWAY_FORMATS.find(format => format === name)
  if (known === undefined) {
    throw new GatewayFormatError(
      `the format ${JSON.stringify(name)} is unknown; known are ${GATEWAY_FORMATS.join(', ')}`,
    )
  }
  switch (known) {
    case 'nginx-json':
      return nginxJson({
        ...(fields.client === undefined ? {} : { client: readJsonField('client', fields.client) }),
        ...(fields.integration === undefined
          ? {}
          : { integration: readJsonField('integration', fields.integration) }),
      })
    case 'combined':
      return combined({
        ...(fields.client === undefined ? {} : { client: readCombinedField('client', fields.client) }),
        ...(fields.integration === undefined
          ? {}
          : { integration: readCombinedField('integration', fields.integration) }),
      })
  }
}

function readJsonField(role: string, field: string): string {
  if (field !== '') return field
  throw new GatewayFormatError(`the ${role} field of nginx-json is empty; expected the name of a JSON field`)
}

const EXTRA_FIELD = /^extra([1-9]\d?)$/

function readCombinedField(role: string, field: string): CombinedField {
  if (field === 'remote_user' || field === 'remote_addr') return field
  const number = Number(EXTRA_FIELD.exec(field)?.[1] ?? 0)
  if (number >= 1 && number <= EXTRA_FIELDS_MAX) return `extra${number}`
  throw new GatewayFormatError(
    `the ${role} field ${JSON.stringify(field)} of combined is unknown; ` +
      `expected remote_user, remote_addr, or extra1 to extra${EXTRA_FIELDS_MAX}`,
  )
}
