/** A text with its quotes, which may lack the closing one; or what NGINX writes for a value that JSON doesn't know. */
const MENDABLE = /"[^"\\]*(?:\\[\s\S]?[^"\\]*)*"?|:(?=\s*[,}])|-(?=\s*[,}\]])|(?<![\w.+-])0\d+(?=\s*[,}\]])/g
const ESCAPED = /((?:\\x[0-9A-Fa-f]{2})+)|\\[\s\S]/g

/**
 * What NGINX writes into an operator's JSON and JSON doesn't know: `\xHH` for a byte in a text (escape=default), a
 * bare `-` or nothing at all for a value that is missing, and a bare 000 or 009 for a status. A run of bytes is read
 * as UTF-8. Whether it is JSON then is for the parser to say.
 */
export function mendJson(text: string): string {
  return text.replace(MENDABLE, token => {
    if (token.startsWith('"')) return token.includes('\\x') ? token.replace(ESCAPED, mendEscape) : token
    if (token === ':') return ':null'
    return token === '-' ? 'null' : `"${token}"`
  })
}

function mendEscape(escaped: string, bytes: string | undefined): string {
  if (bytes === undefined) return escaped
  const text = Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8')
  return JSON.stringify(text).slice(1, -1)
}

const TEXT_OR_BRACKET = /("[^"\\]*(?:\\[\s\S][^"\\]*)*"?)(\s*:)?|[{}[\]]/g

/**
 * Whether an object's field is written twice, of which JSON.parse takes the last: with escape=none a caller can write
 * one of its own. `text` is valid JSON.
 */
export function isKeyRepeated(text: string, key: string): boolean {
  const first = text.indexOf(key)
  // Only with its letters' numbers can a key be written otherwise.
  if (first !== -1 && text.indexOf(key, first + 1) === -1 && !text.includes('\\u')) return false
  let depth = 0
  let found = 0
  for (const [token, name, colon] of text.matchAll(TEXT_OR_BRACKET)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (depth === 1 && name !== undefined && colon !== undefined && JSON.parse(name) === key) found += 1
  }
  return found > 1
}
