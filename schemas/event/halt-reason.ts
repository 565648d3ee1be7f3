/** Why an intake takes nothing more in before a person has seen to it; its marks tell it. */
export const HALT_REASONS = ['mostly_rejected', 'topic_unusable', 'topic_remade', 'offset_too_high'] as const
export type HaltReason = (typeof HALT_REASONS)[number]

const TO_DO: Readonly<Record<HaltReason, (source: string) => string>> = {
  mostly_rejected: () =>
    'mend the format, or what writes the log, and start forbruk intake again; --rejected-max 100 has it rejected',
  topic_unusable: () =>
    'see to it that the topic is there, may be read and is whole; forbruk intake says what is wrong with it',
  topic_remade: source => `read the topic that is there now under another --source, and retire ${source}`,
  offset_too_high: source =>
    `have the shipper write to a new topic, read it under another --source, and retire ${source}`,
}

/** What is to be done; null where the reason is none of an intake's. */
export function adviseOnHalt(reason: string, source: string): string | null {
  const found = Object.entries(TO_DO).find(([known]) => known === reason)
  return found === undefined ? null : found[1](source)
}
