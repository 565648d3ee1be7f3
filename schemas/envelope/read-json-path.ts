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

/** Of objects and lists in one another; no log comes near it, and whoever writes a record may mean harm. */
const DEPTH_MAX = 64

function find(json: unknown, path: readonly string[], value: Buffer, depth = 0): readonly UnwrappedLine[] {
  if (Array.isArray(json)) {
    if (depth === DEPTH_MAX) return [reject('line_not_json', TOO_DEEP, value)]
    return json.flatMap(each => find(each, path, value, depth + 1))
  }
  const [field, ...rest] = path
  if (field === undefined) return toLines(json, value)
  if (typeof json === 'object' && json !== null && Object.hasOwn(json, field))
    return find(Reflect.get(json, field), rest, value, depth)
  return [reject('field_missing', `${field} is missing around the line`, value)]
}

function toLines(found: unknown, value: Buffer): readonly UnwrappedLine[] {
  if (typeof found === 'string') return readLines(Buffer.from(found))
  if (typeof found === 'object' && found !== null) {
    return isDeeper(found, DEPTH_MAX)
      ? [reject('line_not_json', TOO_DEEP, value)]
      : [{ kind: 'line', bytes: Buffer.from(JSON.stringify(found)) }]
  }
  return [
    reject(
      'field_missing',
      `a text or an object was expected, found ${found === null ? 'null' : typeof found}`,
      value,
    ),
  ]
}

const TOO_DEEP = `objects and lists are in one another more than ${DEPTH_MAX} times around the line`

function isDeeper(json: object, levels: number): boolean {
  return Object.values(json).some(
    each => typeof each === 'object' && each !== null && (levels === 1 || isDeeper(each, levels - 1)),
  )
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
