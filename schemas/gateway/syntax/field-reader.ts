import type { LineRejectReason } from '../../event/log-event.ts'
import type { LineSyntax } from '../gateway-format.ts'

/** How a line's text is cut into fields, and where each is found then. Made once per format. */
export type FieldReader<Cut> = {
  readonly otherwise: LineSyntax['otherwise']
  /** A field stands at its place, so that one which isn't there makes another line of it. */
  readonly isPositional: boolean
  /** What is cut may be the same object for every line: it is read before the next. */
  readonly cut: (text: string) => Cut | Unreadable
  /** Of a text that holds several requests; null where one never does. */
  readonly cutList: ((text: string) => readonly (Cut | Unreadable)[] | Unreadable) | null
  /**
   * Where a field is found: undefined is none. With `once`, a caller's second one beside the gateway's is noticed.
   * Null when no line can have it.
   */
  readonly field: (name: string, once?: 'once') => ((cut: Cut) => unknown) | null
  /** Which fields there are, in words. */
  readonly known: string
  /** The fields that every line has; none where a line names its own. */
  readonly names: readonly string[]
  /** A file says which fields its lines have, so that one may be there or not. */
  readonly namesOwnColumns?: true
  /** Of formats that name their columns in the file. */
  readonly readHeader: ((text: string) => Header) | null
}

/** A line with the columns of those after it, one that says nothing, or one of a request. */
export type Header =
  | { readonly kind: 'columns'; readonly columns: readonly string[] }
  | { readonly kind: 'comment' | 'none' }

/** Something before the field is broken, so that its place isn't known. */
export const BROKEN = Symbol('broken')
/** The field is there twice, of which one may be a caller's. */
export const TWICE = Symbol('there twice')
/** The field would stand in an object, and something else is in the object's place. */
export const MISPLACED = Symbol('in something that is no object')

export class Unreadable {
  readonly reason: LineRejectReason
  readonly detail: string
  constructor(reason: LineRejectReason, detail: string) {
    this.reason = reason
    this.detail = detail
  }
}
