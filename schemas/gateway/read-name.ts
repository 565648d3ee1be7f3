import { ODD_SPACE, UNSEEN } from '../text/seen-text.ts'
import { isMissing } from './parse-number.ts'

/** In UTF-8. The log allows 256 characters, so that a name that passes here passes there. */
const NAME_BYTES_MAX = 256
/** Before it is in one form, which can take some; a text of any length takes too long to get there. */
const NAME_CHARACTERS_MAX = 4 * NAME_BYTES_MAX

/** A name that can't be told for certain from another one, or is none. */
type DoubtfulName = { readonly kind: 'doubtful'; readonly detail: string }

/** Most names: letters of ASCII and Latin, each in one way and of two bytes at most, without a space at the ends. */
const PLAIN = /^[!-~\u00c0-\u024f](?:[ -~\u00c0-\u024f]{0,126}[!-~\u00c0-\u024f])?$/
/** Where a syntax knows no quotes. */
const EMPTY_IN_QUOTES = '""'
/**
 * The name of a client or an integration, the same for every line format: without the white space, the line ends and
 * the byte order marks around it, in Unicode's form NFC. Empty when the gateway had none to say. What is still doubtful
 * then is refused, since two names must never look like one, nor one like two. A number stands for its digits.
 */
export function readName(value: unknown): string | DoubtfulName {
  if (isMissing(value) || value === EMPTY_IN_QUOTES) return ''
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'symbol') return doubtful(value.description ?? 'unknown')
  if (typeof value !== 'string') return doubtful(Array.isArray(value) ? 'a list' : `of type ${typeof value}`)
  if (PLAIN.test(value)) return value
  const trimmed = value.trim()
  if (trimmed.length > NAME_CHARACTERS_MAX) return doubtful(`a text of ${trimmed.length} characters`)
  const name = trimmed.normalize('NFC')
  if (isMissing(name)) return ''
  const bytes = Buffer.byteLength(name)
  if (bytes > NAME_BYTES_MAX) return doubtful(`a text of ${bytes} bytes`)
  if (UNSEEN.test(name)) return doubtful('a text with control characters, unseen ones or broken UTF-8')
  if (ODD_SPACE.test(name)) return doubtful('a text with another white space than the plain one')
  return name
}

function doubtful(found: string): DoubtfulName {
  return { kind: 'doubtful', detail: `${found}; expected ${NAME_RULE}` }
}

const NAME_RULE = `1 to ${NAME_BYTES_MAX} bytes of UTF-8 in which every character can be seen`
