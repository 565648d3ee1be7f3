import { describe, expect, it } from 'vitest'
import { readFormat, type Token, vetTokens } from './vet-query.ts'

const vocabulary = { names: new Set(['file', 'models']), tableFunctions: new Set(['url']) }

/** Stands in for the engine's lexer: `~` for quoted identifiers, everything cut at spaces. */
function tokens(text: string): Token[] {
  return text.split(' ').map((piece): Token => {
    if (piece.startsWith("'")) return ['StringLiteral', piece]
    if (piece.startsWith('`')) return ['QuotedIdentifier', piece]
    if (piece === '(') return ['OpeningRoundBracket', piece]
    if (piece === '{') return ['OpeningCurlyBrace', piece]
    return ['BareWord', piece]
  })
}

const vet = (text: string, parameters: Record<string, string> = {}) =>
  vetTokens(tokens(text), new Map(Object.entries(parameters)), vocabulary)

describe('vetTokens', () => {
  it.each(["SELECT 'file'", 'SELECT url', 'SELECT profile', 'SELECT {p:String}'])('lets «%s» pass', text => {
    expect(vet(text)).toBeNull()
  })

  it.each([
    'SELECT file ( a )',
    'APPLY FILE',
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
