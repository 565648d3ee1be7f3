import type { Declaration } from '../declaration.ts'
import { isMissing } from '../parse-number.ts'
import { type FieldReader, MISPLACED, TWICE, Unreadable } from './field-reader.ts'
import { closeCutJson, compileDoubt, isKeyRepeated, mendJson } from './mend-json.ts'

type JsonText = Extract<Declaration['text'], { syntax: 'json' }>
type JsonObject = Readonly<Record<string, unknown>>
type Cut = {
  json: JsonObject
  text: string
  /** Whether a field may be there twice; null before anybody has asked. */
  isDoubtful: boolean | null
}

/**
 * One JSON object a line, or a list of them. Numbers may be quoted; fields that nobody asks for are ignored. What a
 * template writes and JSON doesn't know is mended: see `mendJson`.
 */
export function readJsonFields({ writtenBy, mayBeCut, list }: JsonText): FieldReader<Cut> {
  const isTemplate = writtenBy === 'template'
  // One for all lines: none outlives the next.
  const cut: Cut = { json: {}, text: '', isDoubtful: null }
  const watched: string[] = []
  let doubt: ((text: string) => boolean) | null = null
  const isDoubtful = (of: Cut): boolean => {
    doubt ??= compileDoubt(watched)
    of.isDoubtful ??= doubt(of.text)
    return of.isDoubtful
  }
  const parse = (text: string): unknown =>
    parseJson(text) ?? (isTemplate ? parseJson(mendJson(text)) : undefined)
  const asCut = (json: unknown, text: string): Cut | Unreadable => {
    if (!isObject(json)) return new Unreadable('line_not_json', 'expected one JSON object')
    cut.json = json
    cut.text = text
    cut.isDoubtful = null
    return cut
  }
  return {
    otherwise: 'line_not_json',
    isPositional: false,
    known: 'the name of a JSON field',
    names: [],
    cut: text => {
      const json = parseJson(text)
      if (json !== undefined) return asCut(json, text)
      const mended = isTemplate ? mendJson(text) : text
      const mendedJson = isTemplate ? parseJson(mended) : undefined
      if (mendedJson !== undefined) return asCut(mendedJson, mended)
      const closed = mayBeCut === true ? closeCutJson(mended) : null
      return closed === null ? describeUnreadable(text) : asCut(parseJson(closed), closed)
    },
    cutList: list === undefined ? null : text => cutList(parse(text), list, text),
    field: (name, once) => {
      if (name === '') return null
      const find = compilePath(name)
      if (once === undefined || !isTemplate) return ({ json }) => find(json)
      const path = name.split('.')
      watched.push(name, path.at(-1) ?? name)
      doubt = null
      return of => {
        const { json, text } = of
        const isFlat = path.length === 1 || Object.hasOwn(json, name)
        if (path.length > 1 && isFlat && isThere(descend(json, path))) return TWICE
        return isDoubtful(of) && isKeyRepeated(text, isFlat ? [name] : path) ? TWICE : find(json)
      }
    },
    readHeader: null,
  }
}

/** Undefined for what is no JSON, which JSON itself has no word for. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** An object that was begun and not closed was cut off, by a full disk or a crash; anything else never was one. */
function describeUnreadable(text: string): Unreadable {
  return text.startsWith('{') && !text.trimEnd().endsWith('}')
    ? new Unreadable('line_truncated', `a JSON object is cut off after ${text.length} characters`)
    : new Unreadable('line_not_json', 'expected one JSON object')
}

function cutList(json: unknown, list: string, text: string): readonly (Cut | Unreadable)[] | Unreadable {
  if (json === undefined) return describeUnreadable(text)
  const found = list === '' ? json : isObject(json) ? compilePath(list)(json) : undefined
  const items = Array.isArray(found) ? found : list === '' && isObject(found) ? [found] : null
  if (items === null) {
    const where = list === '' ? 'a JSON list of requests' : `a JSON object with a list in ${list}`
    return new Unreadable('line_not_json', `expected ${where}`)
  }
  return items.map(item =>
    isObject(item)
      ? { json: item, text: '', isDoubtful: null }
      : new Unreadable('line_not_json', 'expected a JSON object in the list'),
  )
}

/**
 * By its name as it stands; else, where it has dots, by one name in another's object. Own fields alone: one named
 * `constructor` is not what every object inherits. A list of one, as headers are written, is what is in it.
 */
function compilePath(name: string): (json: JsonObject) => unknown {
  if (!name.includes('.')) return json => (Object.hasOwn(json, name) ? json[name] : undefined)
  const path = name.split('.')
  return json => {
    if (Object.hasOwn(json, name)) return json[name]
    const found = descend(json, path)
    return Array.isArray(found) && found.length === 1 ? found[0] : found
  }
}

/**
 * What is there in an object's place, and can't be looked into, is no field that is missing: what a format takes for
 * nothing would be made of what is said. Templates write `""` and `-` for nothing, and some languages `[]` for `{}`.
 */
function descend(json: JsonObject, path: readonly string[]): unknown {
  let at: unknown = json
  for (const key of path) {
    if (isMissing(at) || (Array.isArray(at) && at.length === 0)) return undefined
    if (typeof at !== 'object' || at === null) return MISPLACED
    if (Object.hasOwn(at, key)) at = Reflect.get(at, key)
    else return Array.isArray(at) || Object.hasOwn(at, `${key}_base64`) ? MISPLACED : undefined
  }
  return at
}

function isThere(found: unknown): boolean {
  return found !== undefined && found !== MISPLACED
}
