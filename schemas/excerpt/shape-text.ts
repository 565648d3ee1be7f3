import { isKnownWord } from './known-words.ts'

/** A part of a text in a form that may be kept, and where it stands in the text. */
type Shape = { readonly at: number; readonly text: string }

/** A word; what holds JSON and quoted fields together; or a run of anything else. */
const PART = /([\p{L}\p{N}\p{M}_-]+)|[ "[\]{}:,*]|[^\p{L}\p{N}\p{M}_\- "[\]{}:,*]+/gu
const RUN = /[\p{L}\p{N}\p{M}]+|[_-]+/gu
const IS_LETTERS = /^[\p{L}\p{M}]+$/u
const IS_DIGITS = /^\p{N}+$/u
/** Before the status of an answer: the quote that ends a request, or the field's name. */
const BEFORE_STATUS = /(?:" |status"?[:=] ?"?)$/
const STATUS = /^[1-5]\d\d$/
const BEFORE_STATUS_CHARACTERS = 12
/** A longer run of one kind is told by its length. */
const RUN_CHARACTERS_SHOWN = 4
const SIGNS_SHOWN = 3
const IS_SHOWN = /^[ -~]{1,3}$/
/** A longer word is told by its length, whatever it is made of. */
const WORD_CHARACTERS_MAX = 64

/**
 * A text without its values: letters are `a`, digits `9`, both in one run `x`, a long run `a{12}`; signs stay, and so
 * do words that a format knows and the first status. What a value was can't be had back, and how it was written can:
 * that is what somebody needs who mends a format. Linear in the text.
 */
export function* shapeText(text: string): Iterable<Shape> {
  let hasStatus = false
  for (const { 0: part, 1: word, index: at } of text.matchAll(PART)) {
    const isStatus: boolean =
      !hasStatus && word?.length === 3 && STATUS.test(word) && followsStatusName(text, at)
    hasStatus ||= isStatus
    yield { at, text: isStatus ? part : word === undefined ? shapeSigns(part) : shapeWord(word) }
  }
}

function followsStatusName(text: string, at: number): boolean {
  return BEFORE_STATUS.test(text.slice(Math.max(0, at - BEFORE_STATUS_CHARACTERS), at))
}

function shapeWord(word: string): string {
  if (word.length > WORD_CHARACTERS_MAX) return `x{${word.length}}`
  return isKnownWord(word) ? word : word.replaceAll(RUN, shapeRun)
}

function shapeRun(run: string): string {
  if (/^[_-]/.test(run)) return shapeSigns(run)
  const kind = IS_LETTERS.test(run) ? 'a' : IS_DIGITS.test(run) ? '9' : 'x'
  return run.length <= RUN_CHARACTERS_SHOWN ? kind.repeat(run.length) : `${kind}{${run.length}}`
}

/** Those of ASCII; another one is a question mark. */
function shapeSigns(signs: string): string {
  if (IS_SHOWN.test(signs)) return signs
  const shown = signs.slice(0, SIGNS_SHOWN).replaceAll(/[^ -~]/g, '?')
  return signs.length <= SIGNS_SHOWN ? shown : `${shown}*{${signs.length - SIGNS_SHOWN}}`
}

const LONG_RUN = /[ax9*]\{\d{1,4}\}/g
const SHORT_RUN = /^(?:a{1,4}|9{1,4}|x{1,4})$/

/** Whether a text is one that `shapeText` could have made, whoever says that it is. */
export function isShaped(text: string): boolean {
  let statuses = 0
  const isKept = (word: string) => {
    if (STATUS.test(word)) statuses += 1
    return STATUS.test(word) || (word.match(RUN) ?? []).every(run => /^[_-]/.test(run) || SHORT_RUN.test(run))
  }
  const words = text.replaceAll(LONG_RUN, ' ').match(/[\p{L}\p{N}\p{M}_-]+/gu) ?? []
  return words.every(word => isKnownWord(word) || isKept(word)) && statuses <= 2 && !/[^ -~…]/.test(text)
}
