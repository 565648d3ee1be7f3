import { queryOptions } from '@tanstack/react-query'

/** Why the API answered no, as RFC 9457 has it. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  /** The last part of `urn:forbruk:problem:…`. */
  readonly kind: string
  readonly more: Readonly<Record<string, unknown>>

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : `HTTP ${status}`)
    this.status = status
    this.kind = String(body.type ?? '').replace('urn:forbruk:problem:', '')
    this.more = body
  }

  /** What it lists under a name, as far as that is as expected. */
  listOf<Item>(name: string, isItem: (value: unknown) => value is Item): Item[] {
    const list = this.more[name]
    return Array.isArray(list) ? list.filter(isItem) : []
  }
}

/** Asks our own server, whose answers are of its documented shapes. Throws Problem; TypeError when nobody answers. */
export async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(path, body === undefined ? {} : toPost(body))
  if (answer.ok) return answer.json()
  throw new Problem(answer.status, await answer.json().catch(() => ({})))
}

function toPost(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** What is kept of an answer until it is asked for again. */
export function queryOf<Answer>(path: string) {
  return queryOptions({ queryKey: [path], queryFn: () => ask<Answer>(path) })
}

/** What is empty is left out, and a list is the parameter again for each. */
export function pathOf(
  path: string,
  parameters: Readonly<Record<string, string | number | readonly string[] | null | undefined>>,
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === '') continue
    for (const each of typeof value === 'object' ? value : [value]) query.append(name, String(each))
  }
  return query.size === 0 ? path : `${path}?${query}`
}
