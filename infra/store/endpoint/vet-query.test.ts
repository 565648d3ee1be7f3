import { describe, expect, it } from 'vitest'
import { readFormat, type Token, vetTokens } from './vet-query.ts'

const vocabulary = {
  names: new Set(['models']),
  columnNames: new Set(['file']),
  tableFunctions: new Set(['url']),
}

const TYPES: Readonly<Record<string, string>> = {
  '(': 'OpeningRoundBracket',
  ')': 'ClosingRoundBracket',
  '[': 'OpeningSquareBracket',
  ']': 'ClosingSquareBracket',
  '{': 'OpeningCurlyBrace',
  '}': 'ClosingCurlyBrace',
  ',': 'Comma',
  '=': 'Equals',
  '!=': 'NotEquals',
  '->': 'Arrow',
}

/** Stands in for the engine's lexer: `~` for quoted identifiers, everything cut at spaces. */
function tokens(text: string): Token[] {
  return text.split(' ').map((piece): Token => {
    if (piece.startsWith("'")) return ['StringLiteral', piece]
    if (piece.startsWith('`')) return ['QuotedIdentifier', piece]
    return [TYPES[piece] ?? 'BareWord', piece]
  })
}

const vet = (text: string, parameters: Record<string, string> = {}) =>
  vetTokens(tokens(text), new Map(Object.entries(parameters)), vocabulary)

describe('vetTokens', () => {
  it.each([
    "SELECT 'file'",
    'SELECT url',
    'SELECT profile',
    'SELECT {p:String}',
    'SELECT source , file FROM t ORDER BY file LIMIT 1 BY file',
    'SELECT a FROM ( SELECT file , f ( b ) FROM t )',
    'SELECT countIf ( a OR ( file != 0 ) )',
    'SELECT f ( a ) , file = 1',
    'SELECT countIf ( a AND ( file NOT LIKE b ) )',
    'SELECT countIf ( file LIKE b )',
  ])('lets «%s» pass', text => {
    expect(vet(text)).toBeNull()
  })

  it.each([
    'SELECT file ( a )',
    'APPLY FILE',
    'APPLY ( file )',
    'WITH file AS f SELECT f',
    'SELECT arrayMap ( file , a )',
    'SELECT arrayMap ( ( file ) , a )',
    'SELECT arrayMap ( a , [ file ] )',
    'SELECT arrayMap ( x -> file , a )',
    'SELECT ( SELECT 1 ) , arrayMap ( file , a )',
    'SELECT match ( file , a )',
    'SELECT arrayMap ( file NOT a )',
    'SELECT `file` ( a )',
    'FROM system . models',
    'FROM url ( a )',
  ])('refuses «%s»', text => {
    expect(vet(text)).toMatch(/reaches outside the store/)
  })

  it.each(['file', 'FILE', '`file`', 'system.models', 'fi\\x6ce', '"file"'])(
    'refuses a name given as %s',
    value => {
      expect(vet('SELECT { name : Identifier }', { name: value })).toMatch(/reaches outside/)
      expect(vet('SELECT { name : String }', { name: value })).toBeNull()
    },
  )
})

describe('readFormat', () => {
  it.each([
    ['SELECT 1 FORMAT CSV', 'CSV'],
    ['SELECT 1', null],
    ["SELECT 1 FORMAT 'x'", null],
    ['FORMAT', null],
  ])('of «%s» is %s', (text, format) => {
    expect(readFormat(tokens(text))).toBe(format)
  })
})
