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

/**
 * Answers, of a text, whether one of these keys may be written twice in it: where none is, nothing else has to be
 * looked at. It looks at colons alone, which takes a part of what JSON.parse takes.
 */
export function compileDoubt(keys: readonly string[]): (text: string) => boolean {
  const written = [...new Set(keys)].map((key, index) => ({ key: JSON.stringify(key), bit: 1 << index }))
  const byLastLetter = Map.groupBy(written, ({ key }) => key.charCodeAt(key.length - 2))
  const hasSlash = keys.some(key => key.includes('/'))
  return text => {
    // The same key in other letters.
    if (text.includes('\\u') || (hasSlash && text.includes('\\/'))) return true
    let seen = 0
    for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
      let end = colon
      while (text.charCodeAt(end - 1) <= SPACE) end -= 1
      if (text.charCodeAt(end - 1) !== QUOTE) continue
      for (const { key, bit } of byLastLetter.get(text.charCodeAt(end - 2)) ?? []) {
        if (!text.startsWith(key, end - key.length)) continue
        if ((seen & bit) !== 0) return true
        seen |= bit
      }
    }
    return false
  }
}

const SPACE = 0x20
const QUOTE = 0x22

/**
 * Whether an object's field is written twice, of which JSON.parse takes the last: with escape=none a caller can write
 * one of its own. `path` names it, with the objects that it is in; `text` is valid JSON.
 */
export function isKeyRepeated(text: string, path: readonly string[]): boolean {
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
