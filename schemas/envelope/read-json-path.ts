import { readLines } from './read-lines.ts'
import type { UnwrappedLine } from './unwrapped-line.ts'

/**
 * What stands at a path of a JSON value: a text is a line, or several; an object is one. Where an array is on the way,
 * each of its elements is looked into. The value may be several JSON values, one a line.
 */
export function readJsonPath(value: Buffer, path: readonly string[]): readonly UnwrappedLine[] {
  const whole = parse(value)
  if (whole !== undefined) return find(whole, path, value)
  return readLines(value).flatMap(({ bytes }) => {
    const line = Buffer.from(bytes)
    if (line.toString('latin1').trim() === '') return [{ kind: 'line', bytes } as const]
    const json = parse(line)
    return json === undefined
      ? [reject('line_not_json', 'expected JSON around the line', bytes)]
      : find(json, path, line)
  })
}

function find(json: unknown, path: readonly string[], value: Buffer): readonly UnwrappedLine[] {
  if (Array.isArray(json)) return json.flatMap(each => find(each, path, value))
  const [field, ...rest] = path
  if (field === undefined) return toLines(json, value)
  if (typeof json === 'object' && json !== null && Object.hasOwn(json, field))
    return find(Reflect.get(json, field), rest, value)
  return [reject('field_missing', `${field} is missing around the line`, value)]
}

function toLines(found: unknown, value: Buffer): readonly UnwrappedLine[] {
  if (typeof found === 'string') return readLines(Buffer.from(found))
  if (typeof found === 'object' && found !== null)
    return [{ kind: 'line', bytes: Buffer.from(JSON.stringify(found)) }]
  return [
    reject(
      'field_missing',
      `a text or an object was expected, found ${found === null ? 'null' : typeof found}`,
      value,
    ),
  ]
}

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString())
  } catch {
    return undefined
  }
}

function reject(reason: 'line_not_json' | 'field_missing', detail: string, bytes: Uint8Array): UnwrappedLine {
  return { kind: 'rejected', reason, detail, bytes }
}
