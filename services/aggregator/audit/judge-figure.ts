import type { ReplayedFigure } from './replay-figure.ts'

/** What a revision says of the client. */
export type StatedUse = { readonly revision: number; readonly requests: bigint; readonly bytes: bigint }

type JudgedFigure = {
  /** `lost`: what the log still has is equal, and it no longer has all of it. */
  readonly outcome: 'equal' | 'different' | 'lost'
  /** Beside it what the log has below the offsets that the revision was made of; null without one. */
  readonly statement: (StatedUse & { readonly logRequests: bigint; readonly logBytes: bigint }) | null
}

/** Pure: whether what is stored of a client's use, and what a revision says of it, is what the log has. */
export function judgeFigure(
  { atCut, differences, lost }: Pick<ReplayedFigure, 'atCut' | 'differences' | 'lost'>,
  stated: StatedUse | null,
): JudgedFigure {
  const statement =
    stated === null || atCut === null
      ? null
      : {
          ...stated,
          logRequests: atCut.byLog.requests - atCut.copies.requests,
          logBytes: bytesOf(atCut.byLog) - bytesOf(atCut.copies),
        }
  const isStated =
    statement === null ||
    (statement.logRequests === statement.requests && statement.logBytes === statement.bytes)
  if (differences.length > 0) return { outcome: 'different', statement }
  // Of what the log has in part, the sums say nothing.
  if (lost.length > 0) return { outcome: 'lost', statement: null }
  return { outcome: isStated ? 'equal' : 'different', statement }
}

type Bytes = { readonly requestBytes: bigint; readonly responseBytes: bigint }

function bytesOf({ requestBytes, responseBytes }: Bytes): bigint {
  return requestBytes + responseBytes
}
