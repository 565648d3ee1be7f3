import type { RegisteredSchema } from '@forbruk/schemas/wire/confluent.ts'
import {
  type AnsweredSchema,
  type AskRegistry,
  openAsking,
  type SchemaRegistrySettings,
} from './ask-registry.ts'

/** Where a schema stands under the id that a record names. */
export interface SchemaRegistry {
  /**
   * The schema of an id, or why it can't be used. One that was found is asked for once: what a registry says of the
   * same id later changes nothing before the next start. Throws LogUnavailableError where asking again may help, else
   * EventLogError.
   */
  schema(id: number): Promise<RegisteredSchema | SchemaFault>
}

export type SchemaFault = { readonly kind: 'fault'; readonly detail: string }

/** A topic has a handful. More are somebody's mistake, or mean harm. */
const SCHEMAS_MAX = 1_000
const CHARACTERS_MAX = 16 * 1024 * 1024
const SCHEMA_CHARACTERS_MAX = 256 * 1024
const REFERENCES_MAX = 100
/** One that is missing may be registered later. */
const ASK_AGAIN_MS = 10_000
const MISSES_MAX = 10_000

/** Any registry that speaks Confluent's API. `clock` in milliseconds. */
export function openSchemaRegistry(
  settings: SchemaRegistrySettings,
  clock: () => number = () => performance.now(),
): SchemaRegistry {
  const ask = openAsking(settings)
  const found = new Map<number, RegisteredSchema>()
  const misses = new Map<number, { readonly fault: SchemaFault; readonly askedMs: number }>()
  let charactersTotal = 0
  return {
    async schema(id) {
      const known = found.get(id)
      if (known !== undefined) return known
      const missed = misses.get(id)
      if (missed !== undefined && clock() - missed.askedMs < ASK_AGAIN_MS) return missed.fault
      if (found.size >= SCHEMAS_MAX || charactersTotal > CHARACTERS_MAX)
        return toFault(`${found.size} other schemas were asked for before, which is as many as are read`)
      const schema = await askWhole(ask, id)
      if (schema.kind === 'fault') {
        if (misses.size >= MISSES_MAX) misses.clear()
        misses.set(id, { fault: schema, askedMs: clock() })
      } else {
        found.set(id, schema)
        charactersTotal += lengthOf(schema)
      }
      return schema
    },
  }
}

async function askWhole(ask: AskRegistry, id: number): Promise<RegisteredSchema | SchemaFault> {
  const answer = await ask(`/schemas/ids/${id}`)
  if (answer === 'none') return toFault('the schema registry has none')
  if (answer === 'too_long') return TOO_LONG
  if (answer.schemaType === 'JSON' || answer.schemaType === 'PROTOBUF')
    return { kind: answer.schemaType, text: '', references: [] }
  if (answer.schemaType !== 'AVRO')
    return toFault('the schema registry calls it something else than Avro, JSON and Protobuf')
  const references = new Map<string, string>()
  const fault = await askReferences(ask, answer, references, [])
  if (fault !== null) return fault
  const schema = { kind: 'AVRO', text: answer.schema, references: [...references.values()] } as const
  return lengthOf(schema) > SCHEMA_CHARACTERS_MAX ? TOO_LONG : schema
}

/** Each after those that it refers to itself. `path`: those that are on the way to it. */
async function askReferences(
  ask: AskRegistry,
  { references }: AnsweredSchema,
  known: Map<string, string>,
  path: readonly string[],
): Promise<SchemaFault | null> {
  for (const { subject, version } of references ?? []) {
    const at = `/subjects/${encodeURIComponent(subject)}/versions/${version}`
    if (known.has(at)) continue
    if (path.includes(at)) return toFault('it refers to itself')
    if (known.size + path.length >= REFERENCES_MAX)
      return toFault(`it refers to more than ${REFERENCES_MAX} others`)
    const answer = await ask(at)
    if (answer === 'none') return toFault('the schema registry lacks one that it refers to')
    if (answer === 'too_long') return TOO_LONG
    const fault = await askReferences(ask, answer, known, [...path, at])
    if (fault !== null) return fault
    known.set(at, answer.schema)
  }
  return null
}

function lengthOf({ text, references }: RegisteredSchema): number {
  return references.reduce((total, reference) => total + reference.length, text.length)
}

function toFault(detail: string): SchemaFault {
  return { kind: 'fault', detail }
}

const TOO_LONG = toFault(`it is longer than ${SCHEMA_CHARACTERS_MAX} characters`)
