import { z } from 'zod'

/**
 * What nobody needs in a name, and what does harm where a name is shown: control and escape characters, those that
 * show a text in another order than it has, line separators, halves of characters, and code points that are none,
 * which no XML may have. U+FFFD is what a decoder puts in place of bytes that are no UTF-8.
 */
const UNPLAIN =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]/u
const LINE_ENDS_AND_TABS = /[\n\r\t]/g

export const NAME_CHARACTERS_MAX = 200
export const NOTE_CHARACTERS_MAX = 2_000
const REASON_CHARACTERS_MAX = 500

const textOf = (charactersMax: number) =>
  `text of 1 to ${charactersMax} characters without control characters`
export const NAME_RULE = `${textOf(NAME_CHARACTERS_MAX)} or spaces around it`
const REASON_RULE = `one line of 1 to ${REASON_CHARACTERS_MAX} characters without control characters`
export const NOTE_RULE = `${textOf(NOTE_CHARACTERS_MAX)} but line ends and tabs`

/** Whether a text can be shown as it is on a page, in a file and on a terminal, on one line. */
export function isPlain(text: string): boolean {
  return !UNPLAIN.test(text)
}

/** A name as people give one: of a company, a person, a street. */
export function isPlainName(text: string): boolean {
  return text !== '' && text.length <= NAME_CHARACTERS_MAX && text.trim() === text && isPlain(text)
}

/** Why something was done, as it is kept and printed: at most one line. */
export const reasonShape = z
  .string({ error: REASON_RULE })
  .trim()
  .min(1, { error: REASON_RULE })
  .max(REASON_CHARACTERS_MAX, { error: REASON_RULE })
  .refine(isPlain, { error: REASON_RULE })

export function isPlainNote(text: string): boolean {
  return text !== '' && text.length <= NOTE_CHARACTERS_MAX && isPlain(text.replaceAll(LINE_ENDS_AND_TABS, ''))
}
