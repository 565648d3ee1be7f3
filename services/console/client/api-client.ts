import createClient, { type ClientOptions } from 'openapi-fetch'
import type { paths } from './generated/api.d.ts'

/**
 * The API of a console by its types: `api.GET('/v1/clients', { params: { query: { month: '2026-10' } } })` answers
 * `{ data }`, or `{ error }` with the problem. They are generated from what the console says of itself, and a test
 * fails when they are older than that: `npm run build:client`.
 *
 * @param options `baseUrl`, such as http://127.0.0.1:8080; empty, in a page of the console itself
 */
export function createApiClient(options: ClientOptions) {
  return createClient<paths>(options)
}
