/** A text with its quotes, which may lack the closing one; or what NGINX writes for a value that JSON doesn't know. */
const MENDABLE = new RegExp(
  String.raw`"[^"\\]*(?:\\[\s\S]?[^"\\]*)*"?|:\s*[\d.-]+(?:\s*[,:]\s*[\d.-]+)+|:(?=\s*[,}])|` +
    String.raw`-(?=\s*[,}\]])|(?<![\w.+-])0\d+(?=\s*[,}\]])`,
  'g',
)
const ESCAPED = /((?:\\x[0-9A-Fa-f]{2})+)|\\[\s\S]/g

/**
 * What NGINX writes into an operator's JSON and JSON doesn't know: `\xHH` for a byte in a text (escape=default), a
 * bare `-` or nothing at all for a value that is missing, a bare 000 or 009 for a status, and `0.3, 0.2 : -` for what
 * several upstreams took. A run of bytes is read as UTF-8. Whether it is JSON then is for the parser to say.
 */
export function mendJson(text: string): string {
  return text.replace(MENDABLE, token => {
    if (token.startsWith('"')) return token.includes('\\x') ? token.replace(ESCAPED, mendEscape) : token
    if (token === ':') return ':null'
    if (token.startsWith(':')) return `:${JSON.stringify(token.slice(1))}`
    return token === '-' ? 'null' : `"${token}"`
  })
}

function mendEscape(escaped: string, bytes: string | undefined): string {
  if (bytes === undefined) return escaped
  const text = Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8')
  return JSON.stringify(text).slice(1, -1)
}

const KEY_OR_BRACKET = /("[^"\\]*(?:\\[\s\S][^"\\]*)*"?)(\s*:)?|[{}[\]]/g

/** A letter's number, and a slash, by which the same key can be written in other letters. */
const WRITTEN_OTHERWISE = /\\[u/]/

/**
 * Whether an object's field is written twice, of which JSON.parse takes the last: with escape=none a caller can write
 * one of its own. `path` names it, with the objects that it is in; `text` is valid JSON.
 */
export function isKeyRepeated(text: string, path: readonly string[]): boolean {
  const key = JSON.stringify(path.at(-1))
  const first = text.indexOf(key)
  const isAlone = first === -1 || text.indexOf(key, first + 1) === -1
  if (isAlone && !(text.includes('\\') && WRITTEN_OTHERWISE.test(text))) return false
  let depth = 0
  /** How many of the path's names lead to where the walk is. */
  let matched = 0
  let found = 0
  for (const [token, name, colon] of text.matchAll(KEY_OR_BRACKET)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') {
      depth -= 1
      matched = Math.min(matched, depth)
    } else if (name !== undefined && colon !== undefined && depth <= matched + 1 && depth >= 1) {
      matched = depth - 1
      if (JSON.parse(name) !== path[depth - 1]) continue
      if (depth === path.length) found += 1
      else matched = depth
    }
  }
  return found > 1
}

/**
 * An object that was cut off, closed behind the last of its own fields that is whole; null where none is. What stands
 * last may be a part of a longer number.
 */
export function closeCutJson(text: string): string | null {
  if (!text.startsWith('{')) return null
  let depth = 0
  let end = -1
  for (const { 0: token, index } of text.matchAll(TEXT_OR_MARK)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (token === ',' && depth === 1) end = index
  }
  return end === -1 ? null : `${text.slice(0, end)}}`
}

/** An open text runs to the end. */
const TEXT_OR_MARK = /"[^"\\]*(?:\\[\s\S]?[^"\\]*)*"?|[{}[\],]/g
