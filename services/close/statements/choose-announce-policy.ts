import type { AnnouncePolicy } from '@forbruk/schemas/statement/announcement.ts'

/**
 * Pure. Where nothing is set: a person who closes a month has its figures at hand, so it is announced at once. What the
 * schedule closes nobody has seen yet, and nothing takes an invoice back.
 */
export function chooseAnnouncePolicy(
  setting: AnnouncePolicy | null,
  closedBy: 'person' | 'schedule',
): AnnouncePolicy {
  return setting ?? (closedBy === 'person' ? 'immediately' : 'after-approval')
}
