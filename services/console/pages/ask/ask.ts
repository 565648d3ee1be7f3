import { queryOptions } from '@tanstack/react-query'
import { createApiClient } from '../../client/api-client.ts'
import type { paths } from '../../client/generated/api.d.ts'
import { Problem } from './problem.ts'

/** By the types that are generated from what the API says of itself. */
export const api = createApiClient({ baseUrl: '' })

type Json<Body> = { responses: { 200: { content: { 'application/json': Body } } } }

/** What a path answers when it is read, as JSON; the same can be had as files. */
export type Read<Path extends keyof paths> = paths[Path] extends { get: Json<infer Body> } ? Body : never

/** What a path answers when something is sent to it. */
export type Done<Path extends keyof paths> = paths[Path] extends { post: Json<infer Body> } ? Body : never

type Asked<Body> = { readonly data?: Body; readonly error?: unknown; readonly response: Response }

type JsonOf<Body> = Exclude<Body, string | undefined>

/** The body of an answer. Throws Problem for one that says no, and TypeError when nobody answers, or with a file. */
export async function bodyOf<Body>(asked: Promise<Asked<Body>>): Promise<JsonOf<Body>> {
  const { data, error, response } = await asked
  if (isJson<Body>(data)) return data
  if (data === undefined) throw new Problem(response.status, error)
  throw new TypeError('expected an answer as JSON, got a file')
}

function isJson<Body>(data: Body | undefined): data is JsonOf<Body> {
  return data !== undefined && typeof data !== 'string'
}

/** What is kept of an answer, under the path and its parameters, until it is asked for again. */
export function queryOf<Body>(key: readonly unknown[], asking: () => Promise<Asked<Body>>) {
  return queryOptions({ queryKey: key, queryFn: () => bodyOf(asking()) })
}

/** The address of a file, to be opened or saved by the browser itself. */
export function urlOf(
  path: string,
  parameters: Readonly<Record<string, string | readonly string[]>>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of typeof value === 'string' ? [value] : value) query.append(name, each)
  }
  return `${path}?${query}`
}
