import { type CombinedField, combined, EXTRA_FIELDS_MAX } from './combined.ts'
import { ENVELOPES, type EnvelopeName, openEnvelope } from './envelope.ts'
import type { BytesBasis, GatewayFormat, LineSyntax } from './gateway-format.ts'
import { nginxJson } from './nginx-json.ts'
import { readLine } from './read-line.ts'
import type { CombinedLayout } from './tokenize-combined.ts'

/** How a line is written. With what is around it: `syslog+combined`. */
export const GATEWAY_FORMATS = ['nginx-json', 'combined', 'combined-vhost', 'common'] as const
type GatewayFormatName = (typeof GATEWAY_FORMATS)[number]

const BYTES_BASIS: Readonly<Record<GatewayFormatName, BytesBasis>> = {
  'nginx-json': 'headers_and_body',
  combined: 'body',
  'combined-vhost': 'headers_and_body',
  common: 'body',
}

const LAYOUTS: Readonly<Record<Exclude<GatewayFormatName, 'nginx-json'>, CombinedLayout>> = {
  combined: { server: false, named: 2 },
  'combined-vhost': { server: true, named: 2 },
  common: { server: false, named: 0 },
}

/** Which field of the log holds what. */
type GatewayFields = {
  readonly client?: string | undefined
  readonly integration?: string | undefined
}

/** The format or one of its fields is unknown, or nobody said who is metered; `message` lists what is known. */
export class GatewayFormatError extends Error {
  override name = 'GatewayFormatError'
}

/**
 * A gateway's log format by its name, with the operator's choice of fields.
 * - `nginx-json`: a field is the name of a JSON field; the client's is `client_id` unless another is chosen.
 * - `combined`, `combined-vhost`, `common`: a field is `remote_user`, `remote_addr`, or `extra1` for the first field
 *   after the format's own. Who is metered must be chosen: nothing in such a line says it by itself.
 * - Before any of them an envelope: `syslog+`, `cri+`, `docker+`.
 *
 * @throws GatewayFormatError
 */
export function openGatewayFormat(name: string, fields: GatewayFields = {}): GatewayFormat {
  const known = parseFormatName(name)
  if (known === null) {
    throw new GatewayFormatError(
      `the format ${JSON.stringify(name)} is unknown; known are ${GATEWAY_FORMATS.join(', ')}, ` +
        `each also as ${ENVELOPES.map(envelope => `${envelope}+…`).join(', ')}`,
    )
  }
  const syntax = openSyntax(known.format, fields)
  const envelope = known.envelope === null ? null : openEnvelope(known.envelope)
  return {
    name,
    bytesBasis: BYTES_BASIS[known.format],
    timeBasis: 'end',
    client: syntax.client,
    parseLine: line => readLine(line, envelope, syntax),
  }
}

/** What bytes are in a format, by the name that a mark tells; null when it is unknown. */
export function bytesBasisOf(name: string): BytesBasis | null {
  const known = parseFormatName(name)
  return known === null ? null : BYTES_BASIS[known.format]
}

type KnownFormat = { readonly format: GatewayFormatName; readonly envelope: EnvelopeName | null }

function parseFormatName(name: string): KnownFormat | null {
  const plus = name.indexOf('+')
  const format = GATEWAY_FORMATS.find(known => known === name.slice(plus + 1))
  const envelope = ENVELOPES.find(known => known === name.slice(0, Math.max(0, plus))) ?? null
  if (format === undefined || (plus !== -1 && envelope === null)) return null
  return { format, envelope }
}

function openSyntax(format: GatewayFormatName, { client, integration }: GatewayFields): LineSyntax {
  if (format === 'nginx-json') {
    return nginxJson({
      ...(client === undefined ? {} : { client: readJsonField('client', client) }),
      ...(integration === undefined ? {} : { integration: readJsonField('integration', integration) }),
    })
  }
  if (client === undefined) throw new GatewayFormatError(explainChoice(format))
  const chosen = {
    client: readCombinedField(format, 'client', client),
    integration: integration === undefined ? null : readCombinedField(format, 'integration', integration),
  }
  return combined(chosen, LAYOUTS[format])
}

/** Who decides what a field says, as the command's help tells it. */
export const FIELDS_EXPLAINED = `Who is metered (--client-field), and on whose word:
  nginx-json  a JSON field, client_id unless another is named: what your log_format puts there
  combined    Apache's and NGINX's; combined-vhost with host:port before it; common without referer and agent:
    remote_addr  the gateway's word: the address it talked to
    remote_user  the caller's word: NGINX copies it from the Authorization header without checking it. Only where
                 every location demands a password does it name who made the request
    extra1 …     your log_format's: the first field after the user agent (of common: after the bytes). Sound for
                 what the gateway has authenticated, such as a consumer's id; never for a header that was sent
  A request answered with 401 or 407 counts for no client.
Around a line: syslog+combined (RFC 3164 and 5424), cri+… (Kubernetes), docker+… (json-file).`

function explainChoice(format: GatewayFormatName): string {
  return (
    `${format} does not say who is metered: choose with --client-field. remote_addr is the gateway's word; ` +
    "remote_user is the caller's, which NGINX copies unchecked from the Authorization header; " +
    'extra1, extra2 … are the fields that your log_format appends, best one that the gateway has authenticated'
  )
}

function readJsonField(role: string, field: string): string {
  if (field !== '') return field
  throw new GatewayFormatError(`the ${role} field of nginx-json is empty; expected the name of a JSON field`)
}

const EXTRA_FIELD = /^extra([1-9]\d?)$/

function readCombinedField(format: GatewayFormatName, role: string, field: string): CombinedField {
  if (field === 'remote_user' || field === 'remote_addr') return field
  const number = Number(EXTRA_FIELD.exec(field)?.[1] ?? 0)
  if (number >= 1 && number <= EXTRA_FIELDS_MAX) return `extra${number}`
  throw new GatewayFormatError(
    `the ${role} field ${JSON.stringify(field)} of ${format} is unknown; ` +
      `expected remote_user, remote_addr, or extra1 to extra${EXTRA_FIELDS_MAX}`,
  )
}
