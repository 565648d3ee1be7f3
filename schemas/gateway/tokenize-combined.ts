/** A combined log line cut into its fields, unescaped where they were quoted. */
export type Tokens = {
  readonly kind: 'tokens'
  readonly remoteAddress: string
  readonly remoteUser: string
  /** As it stood between the brackets. */
  readonly time: string
  readonly status: string
  readonly bytes: string
  /** The referer and the user agent, then whatever a custom format appends. */
  readonly trailing: readonly string[]
}

type NoTokens = { readonly kind: 'cut_off' | 'unexpected'; readonly part: string }

/**
 * `address ident user [time] "request" status bytes`, then fields with or without quotes.
 * The user is a client's to choose and may hold spaces, so it reaches to the last ` [` before the first quote.
 */
export function tokenizeCombined(line: string): Tokens | NoTokens {
  const quote = findQuote(line, -1)
  const beforeRequest = quote === -1 ? line : line.slice(0, quote)
  const open = beforeRequest.lastIndexOf(' [')
  if (open === -1) return missing(false, 'the time in brackets')
  const close = beforeRequest.indexOf('] ', open)
  if (close === -1) return missing(quote === -1, 'the time in brackets')
  const addressEnd = line.indexOf(' ')
  const identEnd = line.indexOf(' ', addressEnd + 1)
  if (addressEnd === -1 || identEnd === -1 || identEnd >= open) return missing(false, 'the remote user')
  if (quote === -1) return missing(close + 2 >= line.length, 'the quoted request')
  if (quote !== close + 2) return missing(false, 'the quoted request')

  const request = readQuoted(line, quote)
  if (request === null) return missing(true, 'the quoted request')
  const rest = readFields(line, request.end)
  if (rest === null) return missing(true, 'a quoted field')
  const [status, bytes, ...trailing] = rest
  if (status === undefined || bytes === undefined) return missing(true, 'the status and the bytes')
  return {
    kind: 'tokens',
    remoteAddress: line.slice(0, addressEnd),
    remoteUser: unescapeText(line.slice(identEnd + 1, open)),
    time: line.slice(open + 2, close),
    status,
    bytes,
    trailing,
  }
}

function missing(cutOff: boolean, part: string): NoTokens {
  return { kind: cutOff ? 'cut_off' : 'unexpected', part }
}

/** The fields from `start` to the end of the line, or null when a quote stays open. */
function readFields(line: string, start: number): readonly string[] | null {
  const fields: string[] = []
  let at = start
  while (at < line.length) {
    if (line.charCodeAt(at) === 0x20) {
      at += 1
    } else if (line.charCodeAt(at) === 0x22) {
      const quoted = readQuoted(line, at)
      if (quoted === null) return null
      fields.push(quoted.text)
      at = quoted.end
    } else {
      const space = line.indexOf(' ', at)
      const end = space === -1 ? line.length : space
      fields.push(line.slice(at, end))
      at = end
    }
  }
  return fields
}

/** The text in the quotes that open at `open`, and where it goes on; null when they do not close. */
function readQuoted(line: string, open: number): { readonly text: string; readonly end: number } | null {
  const close = findQuote(line, open)
  return close === -1 ? null : { text: unescapeText(line.slice(open + 1, close)), end: close + 1 }
}

/** The first quote after `from` that no backslash escapes, or -1. */
function findQuote(line: string, from: number): number {
  let at = line.indexOf('"', from + 1)
  while (at !== -1 && isEscaped(line, at, from)) at = line.indexOf('"', at + 1)
  return at
}

function isEscaped(line: string, at: number, from: number): boolean {
  let backslashes = 0
  while (at - 1 - backslashes > from && line.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1
  return backslashes % 2 === 1
}

const ESCAPED = /(?:\\x[0-9A-Fa-f]{2})+|\\([\\"bnrtv])/g
const CONTROL: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' }

/** NGINX writes `\xHH` for a byte, Apache also `\"`, `\\` and C's letters. A run of bytes is read as UTF-8. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(ESCAPED, (whole: string, letter: string | undefined) => {
    if (letter === undefined) return Buffer.from(whole.replaceAll('\\x', ''), 'hex').toString('utf8')
    return CONTROL[letter] ?? letter
  })
}
