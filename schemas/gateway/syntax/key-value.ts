import { type FieldReader, TWICE, Unreadable } from './field-reader.ts'
import { QUOTING } from './quotes.ts'

const { findQuote, decode } = QUOTING.backslash

/** `key=value` pairs with a space between them; a value with spaces is in quotes, with backslashes. */
export const KEY_VALUE_FIELDS: FieldReader<ReadonlyMap<string, unknown>> = {
  otherwise: 'line_not_combined',
  isPositional: false,
  known: 'the name of a key',
  names: [],
  cut: line => {
    const values = new Map<string, unknown>()
    for (let at = 0; at < line.length; ) {
      const equals = line.indexOf('=', at)
      const key = line.slice(at, equals)
      if (equals <= at || key.includes(' ') || key.includes('"')) {
        return new Unreadable('line_not_combined', `expected key=value at character ${at + 1}`)
      }
      const start = equals + 1
      const isQuoted = line[start] === '"'
      const found = isQuoted ? findQuote(line, start) : line.indexOf(' ', start)
      if (isQuoted && found === -1)
        return new Unreadable('line_truncated', 'the line ends within a quoted value')
      const end = isQuoted ? found + 1 : found === -1 ? line.length : found
      if (end < line.length && line[end] !== ' ') {
        return new Unreadable('line_not_combined', `expected a space at character ${end + 1}`)
      }
      const value = isQuoted ? decode(line.slice(start + 1, found)) : line.slice(start, end)
      values.set(key, values.has(key) ? TWICE : value)
      at = end
      while (line[at] === ' ') at += 1
    }
    return values.size === 0 ? new Unreadable('line_not_combined', 'expected key=value') : values
  },
  cutList: null,
  field: name => (name === '' ? null : values => values.get(name)),
  readHeader: null,
}
