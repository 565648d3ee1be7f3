/** A piece of a page whose texts are escaped already. Only the `html` tag makes one. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

type HtmlValue = Html | string | number | null | readonly HtmlValue[]

/** What stands in braces is text, whatever it holds; pieces made by this tag stay as they are. */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(literals.map((literal, index) => literal + toMarkup(values[index] ?? null)).join(''))
}

function toMarkup(value: HtmlValue): string {
  if (value === null) return ''
  if (value instanceof Html) return value.markup
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return value.map(toMarkup).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Safe in an element and in a quoted attribute; those that no page may hold, or that would show
 * what follows in another order, become the replacement character.
 */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, character => ENTITIES[character] ?? '')
    .replaceAll(/\p{Cc}|\p{Noncharacter_Code_Point}/gu, character =>
      /[\n\t]/.test(character) ? character : '\ufffd',
    )
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
