import { findJsonBreak } from './find-json-break.ts'
import { isShaped, shapeText } from './shape-text.ts'

const EXCERPT_CHARACTERS_MAX = 240
/** Of a line or record no more is looked at. */
const LOOKED_AT_MAX = 4_096
/** Where JSON breaks behind what there is room for: so much of the text before it, and of its shape. */
const BEFORE_PLACE = 40
const AROUND_SHOWN_MAX = 80
const KNOWN_BINARY = [0xc3, 0x00]

/**
 * What may be kept of a line or a record that can't be counted: how it is written, never what it says. Names that a
 * format knows, the kinds and lengths of values, the status, and where JSON breaks. Whoever is to mend the format sees
 * what it looks like, and nobody sees a credential, wherever it stands. At most 240 printable characters.
 */
export function makeExcerpt(raw: Uint8Array | string): string {
  if (typeof raw !== 'string' && KNOWN_BINARY.includes(raw[0] ?? -1)) return 'bytes'
  const text =
    typeof raw === 'string'
      ? raw.slice(0, LOOKED_AT_MAX)
      : new TextDecoder().decode(raw.subarray(0, LOOKED_AT_MAX))
  const isJson = /^\s{0,8}[[{]/.test(text)
  const broken = isJson ? findJsonBreak(text) : null
  // Of one that goes on nobody knows whether it breaks.
  if (broken === null || (raw.length > LOOKED_AT_MAX && broken.at === text.length)) {
    return write(isJson ? 'JSON: ' : 'text: ', text)
  }
  const head = `JSON that breaks at ${broken.at}, expected ${broken.expected}: `
  return write(head, text, broken.at)
}

/** An excerpt that a shipper says it has made: as it is when it is one, else shaped, as that of an older release. */
export function keepExcerpt(said: string): string {
  const [head = ''] = /^(?:JSON|text|JSON that breaks at \d{1,4}, expected [a-z ]{1,40}): /.exec(said) ?? []
  const isOurs = head !== '' && said.length <= EXCERPT_CHARACTERS_MAX && isShaped(said.slice(head.length))
  return isOurs ? said : makeExcerpt(said)
}

/** The start; and where `place` lies behind what there is room for, what stands around it. */
function write(head: string, text: string, place = 0): string {
  const room = EXCERPT_CHARACTERS_MAX - head.length
  const whole = take(text, room)
  if (whole.next === null) return head + whole.text
  if (place < whole.next) return `${head}${take(text, room - 1).text}…`
  const start = take(text, room - AROUND_SHOWN_MAX - 2)
  const around = take(text.slice(Math.max(0, place - BEFORE_PLACE)), AROUND_SHOWN_MAX)
  return `${head}${start.text}…${around.text}${around.next === null ? '' : '…'}`
}

/** The shapes that there is room for, and where the next one stands; null where none is left. */
function take(text: string, room: number): { readonly text: string; readonly next: number | null } {
  let taken = ''
  for (const shape of shapeText(text)) {
    if (taken.length + shape.text.length > room) return { text: taken, next: shape.at }
    taken += shape.text
  }
  return { text: taken, next: null }
}
