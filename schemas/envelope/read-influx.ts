import type { UnwrappedLine } from './unwrapped-line.ts'

/**
 * Influx line protocol, as Telegraf writes it: `NAME,TAG=VALUE FIELD="text",FIELD=1 TIME`. The fields become a JSON
 * object, which is the line; the time is when Telegraf read it, and is not looked at. A text may have line feeds in it.
 */
export function readInflux(value: Buffer): readonly UnwrappedLine[] {
  const text = value.toString()
  const lines: UnwrappedLine[] = []
  for (let at = 0; at < text.length; ) {
    if (text[at] === '\n' || text[at] === '\r') {
      at += 1
      continue
    }
    const read = readMetric(text, at)
    const bytes = Buffer.from(text.slice(at, read.end))
    if (read.fields === null) lines.push({ ...NOT_INFLUX, bytes })
    else lines.push({ kind: 'line', bytes: Buffer.from(JSON.stringify(Object.fromEntries(read.fields))) })
    at = read.end
  }
  return lines
}

const NOT_INFLUX = {
  kind: 'rejected',
  reason: 'line_not_json',
  detail: 'expected Influx line protocol',
} as const

type Value = string | number | boolean
type Metric = { readonly fields: readonly (readonly [string, Value])[] | null; readonly end: number }

const NAME_AND_TAGS = /(?:\\[\s\S]|[^\\ \n])+ /y
const FIELD_NAME = /((?:\\[\s\S]|[^\\ \n=,])+)=/y
const TEXT = /"((?:\\[\s\S]|[^"\\])*)"/y
const BARE = /[^,\s"]+/y
const REST = /(?: -?\d+)?(?=[\r\n]|$)/y
const LINE = /[^\n]*/y

function readMetric(text: string, start: number): Metric {
  const broken = (): Metric => ({ fields: null, end: start + (match(LINE, text, start)?.[0].length ?? 1) })
  const head = match(NAME_AND_TAGS, text, start)
  if (head === null) return broken()
  const fields: (readonly [string, Value])[] = []
  for (let at = start + head[0].length; ; at += 1) {
    const name = match(FIELD_NAME, text, at)
    if (name === null) return broken()
    at += name[0].length
    const value = readValue(text, at)
    if (value === null) return broken()
    fields.push([(name[1] ?? '').replace(/\\([,= ])/g, '$1'), value.value])
    at = value.end
    if (text[at] === ',') continue
    const rest = match(REST, text, at)
    return rest === null ? broken() : { fields, end: at + rest[0].length }
  }
}

function readValue(text: string, at: number): { readonly value: Value; readonly end: number } | null {
  const quoted = match(TEXT, text, at)
  if (quoted !== null)
    return { value: (quoted[1] ?? '').replace(/\\(["\\])/g, '$1'), end: at + quoted[0].length }
  const bare = match(BARE, text, at)?.[0]
  if (bare === undefined) return null
  const value = readBare(bare)
  return value === null ? null : { value, end: at + bare.length }
}

function readBare(text: string): Value | null {
  if (/^(?:t|T|true|True|TRUE)$/.test(text)) return true
  if (/^(?:f|F|false|False|FALSE)$/.test(text)) return false
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[iu]?$/.test(text) ? Number(text.replace(/[iu]$/, '')) : null
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
