import { bytesBasisOf } from '@forbruk/schemas/gateway/formats.ts'
import { describeReconciliation } from '../reconcile/judge-reconciliation.ts'
import type { GateFacts, SourceFacts } from './gate.ts'

/**
 * Pure: what "bytes" and "one event" are in what the sources send, and what of them was compared with gateways' own
 * counters, as sentences for the proof of a month.
 */
export function describeSources({
  sources,
  reconciled,
}: Pick<GateFacts, 'sources' | 'reconciled'>): string[] {
  const byKind = Map.groupBy(
    sources,
    ({ format, identity }) => `${describeBytes(format)} ${describeIdentity(identity)}`,
  )
  const kinds = [...byKind].map(([sentences, ofKind]) => {
    const names = ofKind.map(({ source }) => source || '(gateway)')
    const shown =
      names.length <= NAMES_MAX
        ? names.join(', ')
        : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`
    return `Sources ${shown}: ${sentences}`
  })
  return [...kinds, ...reconciled.map(describeReconciliation)]
}

const NAMES_MAX = 5

function describeBytes(format: string): string {
  const basis = bytesBasisOf(format)
  if (basis === null) return 'bytes as the gateway sends them;'
  return `format ${format}, whose bytes are those of ${basis === 'body' ? 'the body alone' : 'headers and body'};`
}

function describeIdentity(identity: SourceFacts['identity']): string {
  switch (identity) {
    case 'line_position':
      return 'each line of the log counts once, known by its place in its file.'
    case 'request_id_or_none':
      return "an event counts once by the gateway's request id; without one it counts as it comes."
  }
}
