import { LINE_REJECT_REASONS, type LineRejectReason, type RecordRejectReason } from './log-event.ts'

/** Why a record is no event, said of a line: what was sent by others is kept as rejected lines of theirs. */
export function toLineReason(reason: RecordRejectReason): LineRejectReason {
  return LINE_REJECT_REASONS.find(known => known === reason) ?? OTHER_REASONS[reason] ?? 'line_not_json'
}

const OTHER_REASONS: Partial<Record<RecordRejectReason, LineRejectReason>> = {
  record_too_large: 'line_too_long',
  event_malformed: 'field_missing',
  source_invalid: 'field_missing',
  identity_invalid: 'field_missing',
}
