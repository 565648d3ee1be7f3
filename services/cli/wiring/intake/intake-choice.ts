import type { IntakeKey } from '@forbruk/infra/runtime/variables.ts'
import type { SchemaRegistrySettings } from '@forbruk/infra/schema-registry/ask-registry.ts'
import type { ReadValue } from '@forbruk/intake/piece.ts'
import { readEnveloped, readEvents } from '@forbruk/intake/read-value.ts'
import { openRecordEnvelope, RECORD_ENVELOPES } from '@forbruk/schemas/envelope/record-envelope.ts'
import { isName } from '@forbruk/schemas/event/check-request.ts'
import { GatewayFormatError } from '@forbruk/schemas/gateway/gateway-format-error.ts'
import { decimalNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { openChosenFormat } from '../parts/read-format-file.ts'

/** Requests that are in a form of our own already. */
export const EVENTS = 'events'
const REJECTED_MAX_PERCENT = '25'

/** What is taken in, and how it is read. */
export type IntakeChoice = {
  readonly topic: string
  readonly source: string
  readonly formatName: string
  readonly readValue: ReadValue
  readonly rejectedShareMax: number
}

type GivenOptions = Readonly<Partial<Record<IntakeKey, string>>> &
  Readonly<Record<'topic' | 'format', string>>

/** Throws GatewayFormatError for what can't be chosen. */
export async function chooseIntake(
  given: GivenOptions,
  registry: SchemaRegistrySettings | null,
): Promise<IntakeChoice> {
  const { topic, format: name, source = topic, envelope } = given
  const percent = decimalNumberShape(0, 100).safeParse(given['rejected-max'] ?? REJECTED_MAX_PERCENT)
  if (!percent.success)
    throw new GatewayFormatError(
      `rejected-max is «${given['rejected-max']}»; expected a percentage from 0 to 100, in decimal digits`,
    )
  if (!isName(source)) throw new GatewayFormatError(`the source is no name; expected 1 to 256 characters`)
  const ofAll = { topic, source, rejectedShareMax: percent.data / 100 }
  if (name === EVENTS) {
    if (envelope !== undefined)
      throw new GatewayFormatError(`the format ${EVENTS} has no envelope; expected none, found ${envelope}`)
    return { ...ofAll, formatName: name, readValue: readEvents(await openRegistry(registry)) }
  }
  const { 'client-field': clientField, 'integration-field': integrationField } = given
  const format = openChosenFormat(name, { clientField, integrationField })
  const readValue = readEnveloped(chooseEnvelope(envelope ?? 'lines'), format, await openRegistry(registry))
  return { ...ofAll, formatName: format.name, readValue }
}

/** Throws GatewayFormatError for one that is unknown. */
export function chooseEnvelope(name: string) {
  const envelope = openRecordEnvelope(name)
  if (envelope !== null) return envelope
  throw new GatewayFormatError(
    `the envelope ${JSON.stringify(name)} is unknown; known are ${RECORD_ENVELOPES.join(', ')}`,
  )
}

/** Loaded only here: its client takes as long to load as half of the program. */
export async function openRegistry(settings: SchemaRegistrySettings | null) {
  if (settings === null) return null
  const { openSchemaRegistry } = await import('@forbruk/infra/schema-registry/schema-registry.ts')
  return openSchemaRegistry(settings)
}
