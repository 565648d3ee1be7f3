const EXCERPT_CHARACTERS_MAX = 240
const RAW_CHARACTERS_MAX = 4096

/**
 * A query string, however its question mark is written: up to the next bare quote, or the end. Neither a space, an
 * apostrophe nor an escaped quote ends it, since a client can put all of them into a query.
 */
const QUERY_STRING = /(?:\?|%3f|\\u003f|\\x3f)(?:[^"\\]|\\[\s\S])*/gi
/** The user and password of a URL. */
const URL_CREDENTIALS = /:\/\/[^\s"/@]+@/g
/** Header fields whose value may have spaces and several parts. */
const SECRET_HEADER =
  /((?:authorization|cookie)[\w-]*\\*["']?\s*[:=]\s*)(\[[^\]]*\]?|"(?:[^"\\]|\\[\s\S])*"?|(?:[^"\\]|\\[\s\S])+)/gi
const SECRET_NAME =
  '(?:api|private|access)[-_]?key|passw(?:or)?d|passphrase|pwd|secret|token|signature|session|credential|jwt'
/** A list, a text in quotes, one in JSON that is itself text in JSON, one in single quotes, or up to a delimiter. */
const VALUE = String.raw`\[[^\]]*\]?|"(?:[^"\\]|\\[\s\S])*"?|\\+"(?:[^"\\]|\\[\s\S])*|'[^']*'?|[^\s,;&}]+`
/** Whatever else is named like a secret, in JSON (also as text in JSON), header or form style. */
const SECRET_VALUE = new RegExp(String.raw`((?:${SECRET_NAME})[\w-]*\\*["']?\s*[:=]\s*)(${VALUE})`, 'gi')
const BEARER = /\b(bearer|basic|digest|negotiate)\s+[^\s"\\,;]+/gi
/** So many characters without a break are no word: a key, a token or a signature. */
const LONG_TOKEN = /[\w+/=-]{40,}|[\w+=-]{24,}/g

/**
 * The start of a raw line or record in a form that may be kept: printable, at most 240 characters, without query
 * strings and without anything that looks like a credential. When in doubt it redacts too much. Redaction comes
 * before the cut, or half a secret might escape the patterns.
 */
export function redactExcerpt(raw: Uint8Array | string): string {
  const start =
    typeof raw === 'string'
      ? raw.slice(0, RAW_CHARACTERS_MAX)
      : new TextDecoder().decode(raw.subarray(0, RAW_CHARACTERS_MAX))
  return start
    .replace(SECRET_HEADER, '$1[redacted]')
    .replace(SECRET_VALUE, '$1[redacted]')
    .replace(BEARER, '$1 [redacted]')
    .replace(URL_CREDENTIALS, '://[redacted]@')
    .replace(QUERY_STRING, '?[redacted]')
    .replace(LONG_TOKEN, '[redacted]')
    .replace(/[^\P{C}]/gu, ' ')
    .slice(0, EXCERPT_CHARACTERS_MAX)
}
