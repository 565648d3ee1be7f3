const EXCERPT_CHARACTERS_MAX = 240
/** Query strings, and the values of whatever is named like a secret, in JSON, header or form style. */
const QUERY_STRING = /\?[^\s"'\\]*/g
const SECRET_VALUE =
  /((?:authorization|cookie|api[-_]?key|apikey|password|passwd|secret|token|signature|session)[\w-]*["']?\s*[:=]\s*)("[^"]*"?|'[^']*'?|(?:bearer|basic)\s+\S+|[^\s,;&}]+)/gi
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]+/gi
/** Forty characters without a break are no word: a key, a token or a signature. */
const LONG_TOKEN = /[\w+/=-]{40,}/g

/**
 * The start of a raw line or record in a form that may be kept: printable, at most 240 characters, without query
 * strings and without anything that looks like a credential. Redaction comes before the cut, or half a secret might
 * escape the patterns.
 */
export function redactExcerpt(raw: Uint8Array | string): string {
  const start = typeof raw === 'string' ? raw.slice(0, 4096) : new TextDecoder().decode(raw.subarray(0, 4096))
  return start
    .replace(SECRET_VALUE, '$1[redacted]')
    .replace(BEARER, '$1 [redacted]')
    .replace(QUERY_STRING, '?[redacted]')
    .replace(LONG_TOKEN, '[redacted]')
    .replace(/[^\P{C}]/gu, ' ')
    .slice(0, EXCERPT_CHARACTERS_MAX)
}
