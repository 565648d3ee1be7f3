import { addressOfPeer, isAddress, isRemoteAddress, isServerName, withoutPort } from '../remote-address.ts'
import type { Piece } from './parse-template.ts'
import type { Quoting } from './quotes.ts'

/** Where a field begins and ends in its line. */
export type Span = { start: number; end: number }

/** From a place in a line to the one behind a piece; or what was expected there. */
export type Step = (line: string, at: number) => number | Missed
export type Missed = { readonly kind: 'cut_off' | 'unexpected'; readonly part: string }

function unexpected(part: string): Missed {
  return { kind: 'unexpected', part }
}

function cutOff(part: string): Missed {
  return { kind: 'cut_off', part }
}

/** `behind` is the field before it, or null where that is the line's first: a line that ends there never began. */
export function stepOverLiteral(text: string, isPadded: boolean, behind: string | null): Step {
  const missed = unexpected(
    `${JSON.stringify(text)} ${behind === null ? 'where the line begins' : `behind ${behind}`}`,
  )
  const cut = behind === null ? missed : cutOff(behind)
  return (line, at) => {
    if (!line.startsWith(text, at)) return isCutIn(line, at, text) ? cut : missed
    let next = at + text.length
    if (isPadded && text.endsWith(' ')) while (line.charCodeAt(next) === SPACE) next += 1
    return next
  }
}

function isCutIn(line: string, at: number, text: string): boolean {
  return at + text.length > line.length && text.startsWith(line.slice(at))
}

const SPACE = 0x20
const QUOTE = 0x22

type FieldPiece = Extract<Piece, { kind: 'field' }>

/**
 * Finds where a field ends by what it looks like, and keeps that in `span`. `isApart`: more than a space stands before
 * it.
 */
export function stepOverField(
  { name, shape, until }: FieldPiece,
  span: Span,
  quoting: Quoting,
  isApart: boolean,
): Step {
  switch (shape) {
    case 'quoted':
      return stepOverQuoted(name, span, quoting)
    case 'request':
      return stepOverRequest(name, span)
    case 'bracketed':
      return stepOverBracketed(name, span)
    case 'user':
      return stepOverUser(name, span, quoting, isApart)
    case 'address':
      return stepOverWord(name, until, span, checkAddress)
    case 'ip':
      return stepOverWord(name, until, span, text =>
        isAddress(text) || text === '-' ? null : "the peer's address, and nothing before it,",
      )
    case 'address_port':
      return stepOverWord(name, until, span, checkAddressAndPort)
    case 'peer':
      return stepOverWord(name, until, span, text =>
        isRemoteAddress(addressOfPeer(text)) ? null : "the peer's address, with or without a port",
      )
    case 'server':
      return stepOverWord(name, until, span, text =>
        isServerName(text) ? null : `the server that was asked, such as example.com:443, for ${name}`,
      )
    case 'captures':
      return stepOverCaptures(name, span)
    case 'word':
      return stepOverWord(name, until, span, null)
  }
}

function stepOverWord(
  name: string,
  until: string,
  span: Span,
  check: ((text: string) => string | null) | null,
): Step {
  const cut = cutOff(name)
  const missed = unexpected(`${name} without a space, and ${JSON.stringify(until)} behind it`)
  return (line, at) => {
    const found = line.indexOf(until, at)
    if (found === -1 && (until !== ' ' || at === line.length)) return cut
    const end = found === -1 ? line.length : found
    if (until !== ' ' && line.slice(at, end).includes(' ')) return missed
    if (check !== null) {
      const wrong = check(line.slice(at, end))
      if (wrong !== null) return unexpected(wrong)
    }
    span.start = at
    span.end = end
    return end
  }
}

function checkAddress(text: string): string | null {
  if (isRemoteAddress(text)) return null
  return isServerName(text)
    ? 'an address without a port (see --format combined-vhost)'
    : 'the remote address, and nothing before it,'
}

function checkAddressAndPort(text: string): string | null {
  const address = withoutPort(text)
  return address === '-' || (address !== text && isRemoteAddress(address))
    ? null
    : "the peer's address and port"
}

function stepOverQuoted(name: string, span: Span, { findQuote }: Quoting): Step {
  const missed = unexpected(`${name} in quotes`)
  const cut = cutOff(`the quoted ${name}`)
  return (line, at) => {
    if (line.charCodeAt(at) !== QUOTE) return at === line.length ? cut : missed
    const end = findQuote(line, at)
    if (end === -1) return cut
    span.start = at + 1
    span.end = end
    return end + 1
  }
}

/**
 * Method, target and version, where a quote in the target is written as it is. A target has no space, so that the third
 * word ends in the quote.
 */
function stepOverRequest(name: string, span: Span): Step {
  const missed = unexpected(`${name} in quotes, of three words`)
  const cut = cutOff(`the quoted ${name}`)
  return (line, at) => {
    if (line.charCodeAt(at) !== QUOTE) return at === line.length ? cut : missed
    const target = line.indexOf(' ', at)
    const version = target === -1 ? -1 : line.indexOf(' ', target + 1)
    if (version === -1) return cut
    const end = line.indexOf('"', version)
    if (end === -1) return cut
    if (line.slice(version + 1, end).includes(' ')) return missed
    span.start = at + 1
    span.end = end
    return end + 1
  }
}

function stepOverBracketed(name: string, span: Span): Step {
  const missed = unexpected(`${name} in brackets`)
  const cut = cutOff(`the ${name} in brackets`)
  return (line, at) => {
    if (line[at] !== '[') return at === line.length ? cut : missed
    const end = line.indexOf(']', at)
    if (end === -1) return cut
    span.start = at + 1
    span.end = end
    return end + 1
  }
}

/**
 * HAProxy's captured headers, `{one|two} `: of the request, then of the response, each only where any is captured. The
 * first block is kept. Its braces and bars are escaped within.
 */
function stepOverCaptures(name: string, span: Span): Step {
  const cut = cutOff(name)
  return (line, at) => {
    span.start = at
    span.end = at
    let next = at
    while (line[next] === '{') {
      const end = line.indexOf('} ', next)
      if (end === -1) return cut
      if (next === at) {
        span.start = at + 1
        span.end = end
      }
      next = end + 2
    }
    // The space before what follows is that piece's own.
    return next - 1
  }
}

/** With what stands behind it. */
export const EMPTY_USER = '"" ['

/**
 * The user is a caller's to choose and may hold spaces and brackets: it reaches to the last ` [` before the quote of
 * the request. What is right behind it is so the time, and what stands before it can't move into it.
 */
function stepOverUser(name: string, span: Span, { findQuote }: Quoting, isApart: boolean): Step {
  const missed = unexpected(`the ${name}, with the time in brackets behind it,`)
  const tooMuch = unexpected(`a ${name} without a lone -, an address or a port in it`)
  return (line, at) => {
    // Apache writes an empty user so, and any caller can send one. A quote that a caller sends is escaped.
    const isEmpty = line.startsWith(EMPTY_USER, at)
    const quote = findQuote(line, isEmpty ? at + 1 : at - 1)
    const end = isEmpty ? at + 2 : line.lastIndexOf(' [', quote === -1 ? line.length : quote)
    if (end < at) return missed
    span.start = isEmpty ? end : at
    span.end = end
    const user = line.slice(span.start, end)
    return holdsMoreThanUser(user) || (!isApart && beginsWithServer(user)) ? tooMuch : end
  }
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

/** Of several words, where a server is the field before: something at the line's start has moved it here. */
function beginsWithServer(user: string): boolean {
  const [first = '', ...more] = user.split(' ', 2)
  return more.length > 0 && first.includes('.') && isServerName(first)
}

const ENDS_IN_PORT_OR_COLON = /:\d{0,5},?$/
