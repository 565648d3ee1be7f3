import { readFingerprint } from '@forbruk/schemas/rejected/line-fingerprint.ts'
import type { OriginalLine, WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import type { Decoded } from '@forbruk/schemas/wire/decode.ts'
import type { Measured, Mend } from './build-mended.ts'
import type { UnreadLine } from './find-unread.ts'

type Left = Extract<OriginalLine, { readonly kind: 'left' }>['why']

/** What becomes of a rejected line that is read again: it is mended, or stays as it was, and why. */
export type Reread =
  | { readonly kind: 'mend'; readonly mend: Extract<Mend, { readonly kind: 'request' }> }
  | {
      readonly kind: 'left'
      readonly why: Left | 'still_rejected' | 'time_too_old' | 'time_ahead'
      readonly detail: string
    }

/** Of a request that was read, and not believed for its time. */
export function isOfTime({ reason }: Pick<UnreadLine, 'reason'>): boolean {
  return reason === 'time_too_old' || reason === 'time_ahead'
}

/** Pure: what is known of the line, by which it is recognised. */
export function toWanted(line: UnreadLine): WantedLine {
  const { file, linePosition: position, lineBytes, excerpt, detail } = line
  const text = isOfTime(line) ? null : { lineBytes, excerpt }
  return { file, position, text, fingerprint: readFingerprint(detail) }
}

/**
 * Pure: whether the line that stands there may be sent in the place of what was rejected. Its time is held against the
 * moment at which the log got it for the first time: so a line is neither too old for having waited for its format, nor
 * of any month that a format would have it.
 * @param logged the request that was rejected for its time; null of a line that could not be read
 */
export function judgeReread(line: UnreadLine, original: OriginalLine, logged: Decoded | null): Reread {
  if (original.kind === 'left') return original
  const { parsed } = original
  if (parsed.kind !== 'request') {
    const detail = parsed.kind === 'rejected' ? `${parsed.reason}: ${parsed.detail}` : 'the line is blank'
    return { kind: 'left', why: 'still_rejected', detail }
  }
  const { kind: _, ...request } = parsed
  if (isOfTime(line) && !isSameRequest(request, logged))
    return {
      kind: 'left',
      why: 'other_text',
      detail: 'another request stands there than the one that was rejected',
    }
  const waitedMs = line.appendTimeMs - request.timeMs
  if (line.pastMaxMs !== null && waitedMs > line.pastMaxMs)
    return { kind: 'left', why: 'time_too_old', detail: describeTime(request, line) }
  if (line.aheadMaxMs !== null && -waitedMs > line.aheadMaxMs)
    return { kind: 'left', why: 'time_ahead', detail: describeTime(request, line) }
  return { kind: 'mend', mend: { kind: 'request', request, timeVouched: true } }
}

/** In all but its time, and in what a format says of its integration. */
function isSameRequest(request: Measured, logged: Decoded | null): boolean {
  if (logged?.kind !== 'request') return false
  const figures = ['clientId', 'status', 'requestBytes', 'responseBytes'] as const
  return figures.every(figure => logged[figure] === request[figure])
}

function describeTime({ timeMs }: Measured, { appendTimeMs }: UnreadLine): string {
  const [said, got] = [timeMs, appendTimeMs].map(ms => new Date(ms).toISOString())
  return `by this format it is of ${said}, and the log got it at ${got}`
}
