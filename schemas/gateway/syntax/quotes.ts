import type { Declaration } from '../declaration.ts'

type Escapes = Extract<Declaration['text'], { syntax: 'tokens' }>['escapes']

/** How a program writes what would break a line, in the texts that callers choose. */
export type Quoting = {
  /** The first quote behind `from` that ends a text, or -1. */
  readonly findQuote: (line: string, from: number) => number
  readonly decode: (text: string) => string
}

export const QUOTING: Readonly<Record<Escapes, Quoting>> = {
  backslash: { findQuote: findUnescapedQuote, decode: unescapeBackslashes },
  hex: { findQuote: findAnyQuote, decode: decodeHex },
  hash: { findQuote: findAnyQuote, decode: unescapeHashes },
  percent: { findQuote: findAnyQuote, decode: unescapePercents },
  none: { findQuote: findAnyQuote, decode: text => text },
}

const BACKSLASH = 0x5c

function findAnyQuote(line: string, from: number): number {
  return line.indexOf('"', from + 1)
}

function findUnescapedQuote(line: string, from: number): number {
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
function unescapeBackslashes(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(ESCAPED, (whole: string, letter: string | undefined) => {
    if (letter === undefined) return decodeBytes(whole.replaceAll('\\x', ''))
    return CONTROL[letter] ?? letter
  })
}

/** h2o writes `\xHH` for a quote, and a backslash as it is. */
function decodeHex(text: string): string {
  if (!text.includes('\\x')) return text
  return text.replace(/(?:\\x[0-9A-Fa-f]{2})+/g, bytes => decodeBytes(bytes.replaceAll('\\x', '')))
}

/** HAProxy writes `#HH` for a byte. */
function unescapeHashes(text: string): string {
  if (!text.includes('#')) return text
  return text.replace(/(?:#[0-9A-F]{2})+/g, bytes => decodeBytes(bytes.replaceAll('#', '')))
}

/** Squid writes `%HH` for a byte, and a backslash before a backslash. */
function unescapePercents(text: string): string {
  if (!text.includes('%') && !text.includes('\\')) return text
  return text.replace(/(?:%[0-9A-Fa-f]{2})+|\\\\/g, escaped =>
    escaped === '\\\\' ? '\\' : decodeBytes(escaped.replaceAll('%', '')),
  )
}

function decodeBytes(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8')
}
