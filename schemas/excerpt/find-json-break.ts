/** Where a text stops being JSON, counted from 0, and what was expected there. */
type JsonBreak = { readonly at: number; readonly expected: string }

const WHITE_SPACE = /[ \t\r\n]*/y
const TEXT = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y

type Expected = 'value' | 'value_or_end' | 'name' | 'name_or_end' | 'colon' | 'comma_or_end'

/** Null where it is JSON to its end. One pass, without recursion. */
export function findJsonBreak(text: string): JsonBreak | null {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = skip(WHITE_SPACE, text, 0)
  while (open.length > 0 || expected === 'value') {
    const character = text[at] ?? ''
    const isEnd = character === (open.at(-1) === '{' ? '}' : ']') && expected.endsWith('_end')
    if (isEnd) {
      open.pop()
      at += 1
      expected = 'comma_or_end'
    } else if (expected === 'colon' || expected === 'comma_or_end') {
      if (character !== (expected === 'colon' ? ':' : ','))
        return { at, expected: spell(expected, open.at(-1)) }
      at += 1
      expected = expected === 'comma_or_end' && open.at(-1) === '{' ? 'name' : 'value'
    } else if (character === '"') {
      at = skip(TEXT, text, at)
      if (text[at] !== '"') return { at, expected: 'the end of a text' }
      at += 1
      expected = expected.startsWith('name') ? 'colon' : 'comma_or_end'
    } else if (!expected.startsWith('name') && (character === '{' || character === '[')) {
      open.push(character)
      at += 1
      expected = character === '{' ? 'name_or_end' : 'value_or_end'
    } else {
      const end = expected.startsWith('name') ? at : skip(LITERAL, text, at)
      if (end === at) return { at, expected: spell(expected, open.at(-1)) }
      at = end
      expected = 'comma_or_end'
    }
    at = skip(WHITE_SPACE, text, at)
  }
  return at === text.length ? null : { at, expected: 'nothing more' }
}

/** Where what the sticky pattern takes from `at` on ends; `at` where it takes nothing. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function spell(expected: Expected, inside: '{' | '[' | undefined): string {
  switch (expected) {
    case 'value':
    case 'value_or_end':
      return 'a value'
    case 'name':
    case 'name_or_end':
      return 'a name in quotes'
    case 'colon':
      return 'a colon'
    case 'comma_or_end':
      return inside === '{' ? 'a comma or the end of an object' : 'a comma or the end of a list'
  }
}
