import { z } from 'zod'
import { EventLogError, LogUnavailableError } from '../log/event-log.ts'

export type SchemaRegistrySettings = {
  /** Confluent's API is below it, e.g. `http://registry:8081` or Apicurio's `http://registry:8080/apis/ccompat/v7`. */
  readonly url: string
  /** For basic authentication; null where nothing is asked for. */
  readonly login: { readonly username: string; readonly password: string } | null
}

/** As Confluent's API answers; a kind that isn't told is Avro. */
const schemaShape = z.object({
  schema: z.string(),
  schemaType: z.string().default('AVRO'),
  references: z.array(z.object({ subject: z.string(), version: z.number().int() })).nullish(),
})
export type AnsweredSchema = z.infer<typeof schemaShape>

const ANSWER_BYTES_MAX = 1024 * 1024
const TIMEOUT_MS = 10_000

/** What a registry has under a path of Confluent's API; what is longer than a schema can be is told, and not read. */
export type AskRegistry = (path: string) => Promise<AnsweredSchema | 'none' | 'too_long'>

/**
 * Asks a registry: another party, that is believed no more than a schema takes. Throws LogUnavailableError where asking
 * again may help, else EventLogError.
 */
export function openAsking({ url, login }: SchemaRegistrySettings): AskRegistry {
  const base = url.replace(/\/$/, '')
  const headers = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    ...(login === null ? {} : { authorization: `Basic ${toBase64(`${login.username}:${login.password}`)}` }),
  }
  return async path => {
    const what = `The schema registry at ${url} did not give ${path}`
    const { status, text } = await ask(`${base}${path}`, headers).catch(error => {
      throw new LogUnavailableError(`${what}: ${explain(error)}.`, { cause: error })
    })
    if (status === 404) return 'none'
    if (status >= 500 || status === 429) throw new LogUnavailableError(`${what}: status ${status}.`)
    const answered = status === 200 && text !== null ? parse(text) : null
    if (status === 200 && text === null) return 'too_long'
    if (answered !== null) return answered
    const found = status === 200 ? 'it is no schema' : `status ${status}`
    throw new EventLogError(
      `${what}: ${found}. Is SCHEMA_REGISTRY_URL the base of Confluent's API, and is this user let in?`,
    )
  }
}

/** `text` is null where it is too long. A redirect would take the password somewhere else. */
async function ask(url: string, headers: Record<string, string>) {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(url, { headers, signal, redirect: 'manual' })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES_MAX) return { status: response.status, text: null }
  }
  return { status: response.status, text: Buffer.concat(chunks).toString('utf8') }
}

function parse(text: string): AnsweredSchema | null {
  try {
    return schemaShape.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
