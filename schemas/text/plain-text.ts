import { z } from 'zod'

/**
 * What nobody needs in a name, and what does harm where a name is shown: control and escape characters, those that
 * show a text in another order than it has, line separators, halves of characters, and code points that are none,
 * which no XML may have. U+FFFD is what a decoder puts in place of bytes that are no UTF-8.
 */
const UNPLAIN =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]/u
const LINE_ENDS_AND_TABS = /[\n\r\t]/g

const NAME_CHARACTERS_MAX = 200
const NOTE_CHARACTERS_MAX = 2_000
const REASON_CHARACTERS_MAX = 500

const textOf = (charactersMax: number) =>
  `text of 1 to ${charactersMax} characters without control characters`
export const NAME_RULE = `${textOf(NAME_CHARACTERS_MAX)} or spaces around it`
const REASON_RULE = `one line of 1 to ${REASON_CHARACTERS_MAX} characters without control characters`
export const NOTE_RULE = `${textOf(NOTE_CHARACTERS_MAX)} but line ends and tabs`

/** The same for patterns of JSON Schema, in the escapes that every dialect knows; no text has halves of characters. */
const NONCHARACTERS = Array.from({ length: 16 }, (_, plane) =>
  String.fromCodePoint(0x1fffe + plane * 0x10000, 0x1ffff + plane * 0x10000),
).join('')
const OTHER_UNPLAIN =
  '\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069' +
  `\\ufdd0-\\ufdef\\ufffd-\\uffff${NONCHARACTERS}`
const UNPLAIN_CHARACTERS = `\\u0000-\\u000d${OTHER_UNPLAIN}`
const UNPLAIN_BUT_LINES = `\\u0000-\\u0008${OTHER_UNPLAIN}`
/** What stands between words; and what is left out around a text beside it. */
const SPACES = ' \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000\\ufeff'
const AROUND = `[${SPACES}\\u0009-\\u000d\\u2028\\u2029]*`
const WORD = `[^${UNPLAIN_CHARACTERS}${SPACES}]`
const LINE_PATTERN = `^${AROUND}${WORD}([^${UNPLAIN_CHARACTERS}]*${WORD})?${AROUND}$`
const NOTE_PATTERN = `^${AROUND}${WORD}([^${UNPLAIN_BUT_LINES}]*${WORD})?${AROUND}$`

/** Whether a text can be shown as it is on a page, in a file and on a terminal, on one line. */
export function isPlain(text: string): boolean {
  return !UNPLAIN.test(text)
}

/** A name as people give one: of a company, a person, a street. */
export function isPlainName(text: string): boolean {
  return text !== '' && hasUpTo(NAME_CHARACTERS_MAX, text) && text.trim() === text && isPlain(text)
}

export function isPlainNote(text: string): boolean {
  return text !== '' && hasUpTo(NOTE_CHARACTERS_MAX, text) && isPlain(text.replaceAll(LINE_ENDS_AND_TABS, ''))
}

/** As JSON Schema counts them: a character outside of the first 65 536 is one as well. */
function hasUpTo(charactersMax: number, text: string): boolean {
  return (
    text.length <= charactersMax || (text.length <= 2 * charactersMax && [...text].length <= charactersMax)
  )
}

/** Text of any kind. */
export function textUpTo(charactersMax: number): z.ZodType<string, string> {
  const error = `text of at most ${charactersMax} characters`
  return z
    .string({ error })
    .refine(text => hasUpTo(charactersMax, text), { error })
    .meta({ maxLength: charactersMax })
}

/**
 * What a caller gives as text, and how that is told: documents of the API say by `pattern` what is taken, so that
 * whatever is right by them is. White space around it is left out.
 */
function trimmedShape(
  charactersMax: number,
  pattern: string,
  error: string,
  isRight: (text: string) => boolean,
) {
  return z
    .string({ error })
    .refine(text => hasUpTo(charactersMax, text) && isRight(text.trim()), { error })
    .trim()
    .meta({ minLength: 1, maxLength: charactersMax, pattern })
}

export const nameShape = (error: string) =>
  trimmedShape(NAME_CHARACTERS_MAX, LINE_PATTERN, error, isPlainName)

export const noteShape = trimmedShape(NOTE_CHARACTERS_MAX, NOTE_PATTERN, NOTE_RULE, isPlainNote)

/** Why something was done, as it is kept and printed: at most one line. */
export const reasonShape = trimmedShape(
  REASON_CHARACTERS_MAX,
  LINE_PATTERN,
  REASON_RULE,
  text => text !== '' && isPlain(text),
)

/** A name as another system gives it: of a source, of a format. */
export function plainShape(charactersMax: number): z.ZodType<string, string> {
  const error = `text of 1 to ${charactersMax} characters without control characters`
  return z
    .string({ error })
    .refine(text => text !== '' && hasUpTo(charactersMax, text) && isPlain(text), { error })
    .meta({ minLength: 1, maxLength: charactersMax, pattern: `^[^${UNPLAIN_CHARACTERS}]+$` })
}
