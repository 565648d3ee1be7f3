import type { RegisteredSchema } from '@forbruk/schemas/wire/confluent.ts'
import { SchemaRegistry as Client } from '@kafkajs/confluent-schema-registry'
import { EventLogError, LogUnavailableError } from '../log/event-log.ts'

export type SchemaRegistrySettings = {
  /** Confluent's API is below it, e.g. `http://registry:8081` or Apicurio's `http://registry:8080/apis/ccompat/v7`. */
  readonly url: string
  /** For basic authentication; null where nothing is asked for. */
  readonly login: { readonly username: string; readonly password: string } | null
}

/** Where a schema stands under the id that a record names. */
export interface SchemaRegistry {
  /**
   * The schema of an id, which never changes; null where the registry has none. Throws LogUnavailableError where asking
   * again may help, else EventLogError.
   */
  schema(id: number): Promise<RegisteredSchema | null>
}

/** Any registry that speaks Confluent's API. */
export function openSchemaRegistry({ url, login }: SchemaRegistrySettings): SchemaRegistry {
  const client = new Client({ host: url, ...(login === null ? {} : { auth: login }) })
  return {
    async schema(id) {
      try {
        return describe(await client.getSchema(id))
      } catch (error) {
        const status = statusOf(error)
        if (status === 404) return null
        throw explain(url, id, status, error)
      }
    },
  }
}

/** The client's own kinds: its classes are not exported, but each has what the others have not. */
function describe(schema: object): RegisteredSchema {
  if ('message' in schema) return { kind: 'PROTOBUF', text: '' }
  if ('validate' in schema) return { kind: 'JSON', text: '' }
  return { kind: 'AVRO', text: JSON.stringify(schema) }
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null
}

function explain(url: string, id: number, status: number | null, error: unknown): EventLogError {
  const reason = error instanceof Error ? error.message : String(error)
  const what = `The schema registry at ${url} did not give the schema ${id}: ${reason}.`
  if (status === null || status >= 500) return new LogUnavailableError(what, { cause: error })
  const advice = "Is SCHEMA_REGISTRY_URL the base of Confluent's API, and is this user let in?"
  return new EventLogError(`${what} ${advice}`, { cause: error })
}
