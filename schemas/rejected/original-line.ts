import { keepExcerpt, makeExcerpt } from '../excerpt/make-excerpt.ts'
import type { ParsedLine } from '../gateway/gateway-format.ts'

/** A line that could not be read, by what was kept of it: where it stood, how long it was, and its shape. */
export type WantedLine = {
  /** As it is called on the wire: a file of a shipper, or a partition of a shipper's topic. */
  readonly file: string
  readonly position: number
  /** Null where the line was read, and wrongly: then what was read of it tells whether it is the same. */
  readonly text: { readonly lineBytes: number; readonly excerpt: string } | null
  /** Of what came over HTTP, where nothing stands at a place. */
  readonly fingerprint: string | null
}

/**
 * What stands there now.
 * - `gone`: nothing any more.
 * - `unreadable`: what can't be had here and now, by whoever asked.
 * - `other_text`: something else.
 * - `several_texts`: files that can't be told apart hold different lines there.
 * - `several_requests`: the line is a list of them, and only one event was rejected for it.
 */
export type OriginalLine =
  | { readonly kind: 'found'; readonly parsed: ParsedLine }
  | {
      readonly kind: 'left'
      readonly why: 'gone' | 'unreadable' | 'other_text' | 'several_texts' | 'several_requests'
      readonly detail: string
    }

/** Whether a line is as long, and written in the same shape, as the one that was rejected there. Pure. */
export function isSameText({ text }: WantedLine, bytes: Uint8Array, lineBytes: number): boolean {
  if (text === null) return true
  return text.lineBytes === lineBytes && text.excerpt === keepExcerpt(makeExcerpt(bytes))
}
