import { isAddress, isRemoteAddress, isServerName } from './remote-address.ts'

/** A combined log line cut into its fields, unescaped where a caller chose them. */
export type Tokens = {
  readonly kind: 'tokens'
  readonly remoteAddress: string
  readonly remoteUser: string
  /** As it stood between the brackets. */
  readonly time: string
  readonly status: string
  readonly bytes: string
  /** Where the fields after the bytes begin: the space before the first of them, or the line's end. */
  readonly restStart: number
}

export type CombinedLayout = {
  /** The server that was asked stands before it all, as in Apache's vhost_combined. */
  readonly server: boolean
  /** How many named fields stand between the bytes and `extra1`: the referer and the user agent, or none. */
  readonly named: number
}

type NoTokens = { readonly kind: 'cut_off' | 'unexpected'; readonly part: string }

/**
 * `address - user [time] "request" status bytes`, and more after it. Each field must look like what it is, so that
 * something before it can't move a word into the user's place. The user is a caller's to choose and may hold spaces
 * and brackets: it reaches to the last ` [` before the request's quote.
 */
export function tokenizeCombined(line: string, { server }: CombinedLayout): Tokens | NoTokens {
  const start = server ? skipServer(line) : 0
  if (start === null) return unexpected('the server that was asked, such as example.com:443,')
  const head = readHead(line, start)
  if (head.kind !== 'head') return head
  const { remoteAddress, remoteUser, time, quote } = head
  const requestEnd = findQuote(line, quote)
  if (requestEnd === -1) return cutOff('the quoted request')
  const statusStart = requestEnd + 2
  const statusEnd = line.indexOf(' ', statusStart)
  if (statusEnd === -1 || statusEnd + 1 === line.length) return cutOff('the status and the bytes')
  if (line.charCodeAt(requestEnd + 1) !== SPACE) return unexpected('a space behind the quoted request')
  const bytesEnd = line.indexOf(' ', statusEnd + 1)
  const restStart = bytesEnd === -1 ? line.length : bytesEnd
  const status = line.slice(statusStart, statusEnd)
  const bytes = line.slice(statusEnd + 1, restStart)
  return { kind: 'tokens', remoteAddress, remoteUser, time, status, bytes, restStart }
}

type Head = Pick<Tokens, 'remoteAddress' | 'remoteUser' | 'time'> & {
  readonly kind: 'head'
  /** The one that opens the request. */
  readonly quote: number
}

function readHead(line: string, start: number): Head | NoTokens {
  const addressEnd = line.indexOf(' ', start)
  const remoteAddress = line.slice(start, Math.max(start, addressEnd))
  if (!isRemoteAddress(remoteAddress)) {
    return unexpected(
      isServerName(remoteAddress)
        ? 'an address without a port (see --format combined-vhost)'
        : 'the remote address, and nothing before it,',
    )
  }
  if (!line.startsWith('- ', addressEnd + 1))
    return unexpected('the - of an unknown ident, behind one address,')
  const userStart = addressEnd + 3
  // Apache writes an empty user so, and any caller can send one. A quote that a caller sends is escaped.
  const isUserEmpty = line.startsWith('"" [', userStart)
  const quote = findQuote(line, isUserEmpty ? userStart + 1 : userStart - 1)
  const userEnd = isUserEmpty ? userStart + 2 : line.lastIndexOf(' [', quote === -1 ? line.length : quote)
  if (userEnd < userStart) return unexpected('the remote user, with the time in brackets behind it,')
  const user = isUserEmpty ? '' : line.slice(userStart, userEnd)
  if (holdsMoreThanUser(user)) return unexpected('a remote user without a lone -, an address or a port in it')
  const timeEnd = line.indexOf('] ', userEnd)
  if (quote === -1 && timeEnd === -1) return cutOff('the time in brackets')
  if (quote === -1 && timeEnd + 2 === line.length) return cutOff('the quoted request')
  if (timeEnd === -1 || quote !== timeEnd + 2) return unexpected('the quoted request, right behind the time,')
  const time = line.slice(userEnd + 2, timeEnd)
  return { kind: 'head', remoteAddress, remoteUser: unescapeText(user), time, quote }
}

function skipServer(line: string): number | null {
  const end = line.indexOf(' ')
  return end !== -1 && isServerName(line.slice(0, end)) ? end + 1 : null
}

/** A name may have spaces; words that only another field can hold say that one stands before it or behind it. */
function holdsMoreThanUser(user: string): boolean {
  return user.includes(' ') && user.split(' ').some(isNoWordOfUser)
}

function isNoWordOfUser(word: string): boolean {
  return (
    word === '-' ||
    ENDS_IN_PORT_OR_COLON.test(word) ||
    isAddress(word.endsWith(',') ? word.slice(0, -1) : word)
  )
}

const ENDS_IN_PORT_OR_COLON = /:\d{0,5},?$/

/**
 * A field after the bytes, by how many stand before it. Undefined when the line ends before; null when the line is
 * broken before, by a quote that stays open or that something else follows. Two spaces have an empty field between.
 */
export function readTrailing(line: string, restStart: number, index: number): string | undefined | null {
  let at = restStart
  for (let passed = 0; at < line.length; passed++) {
    const start = at + 1
    const isQuoted = line.charCodeAt(start) === QUOTE
    const end = isQuoted ? findQuote(line, start) : line.indexOf(' ', start)
    if (isQuoted && end === -1) return null
    at = isQuoted ? end + 1 : end === -1 ? line.length : end
    if (at < line.length && line.charCodeAt(at) !== SPACE) return null
    if (passed === index) return unescapeText(isQuoted ? line.slice(start + 1, end) : line.slice(start, at))
  }
  return undefined
}

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

function unexpected(part: string): NoTokens {
  return { kind: 'unexpected', part }
}

function cutOff(part: string): NoTokens {
  return { kind: 'cut_off', part }
}

/** The first quote after `from` that no backslash escapes, or -1. */
function findQuote(line: string, from: number): number {
  let at = line.indexOf('"', from + 1)
  while (at !== -1 && isEscaped(line, at, from)) at = line.indexOf('"', at + 1)
  return at
}

/** Linear over a whole line: a run of backslashes is walked once, for the quote behind it. */
function isEscaped(line: string, at: number, from: number): boolean {
  let backslashes = 0
  while (at - 1 - backslashes > from && line.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
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
