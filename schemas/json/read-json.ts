import type { z } from 'zod'

type JsonReading<Value> =
  | { readonly ok: true; readonly value: Value }
  /** Every mistake, by JSON path, value and what was expected. */
  | { readonly ok: false; readonly faults: readonly string[] }

/** Reads a file that a person wrote. `expected` is what a text that is no JSON should have been. */
export function readJson<Value>(text: string, shape: z.ZodType<Value>, expected: string): JsonReading<Value> {
  const parsed = parseJson(text, expected)
  if (!parsed.ok) return parsed
  const result = shape.safeParse(parsed.value)
  if (result.success) return { ok: true, value: result.data }
  return { ok: false, faults: result.error.issues.flatMap(issue => describeIssue(issue, parsed.value)) }
}

function parseJson(text: string, expected: string): JsonReading<unknown> {
  try {
    // Some editors begin a file with a byte order mark.
    return { ok: true, value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, faults: [`$ is no JSON (${reason}); expected ${expected}`] }
  }
}

function describeIssue(issue: z.core.$ZodIssue, json: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => `${jsonPath([...issue.path, key])} is unknown; expected no such field`)
  }
  return [`${jsonPath(issue.path)} is ${show(valueAt(json, issue.path))}; expected ${issue.message}`]
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    '$',
  )
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  )
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
