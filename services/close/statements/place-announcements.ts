import type { AnnouncementState, AnnouncePolicy } from '@forbruk/schemas/statement/announcement.ts'

/** What is known of a revision's announcement. */
export type AnnouncementFacts = {
  readonly month: string
  readonly revision: number
  readonly contentHash: string
  readonly announce: AnnouncePolicy
  /** Null: nobody has. */
  readonly approvedBy: string | null
  readonly isAnnounced: boolean
}

export type PlacedAnnouncement = AnnouncementFacts & {
  readonly state: AnnouncementState
  /** Whether it is this revision, and none before it, that a person has to approve. */
  readonly needsApproval: boolean
}

/**
 * Pure: what becomes of each revision. They are announced in their order, since each says what it changes of the one
 * before: while one waits for approval, those after it wait as well.
 *
 * @param revisions by month and revision
 */
export function placeAnnouncements(revisions: readonly AnnouncementFacts[]): PlacedAnnouncement[] {
  const held = new Set<string>()
  return revisions.map(each => {
    const { month, announce, approvedBy, isAnnounced } = each
    const needsApproval = !isAnnounced && announce === 'after-approval' && approvedBy === null
    if (needsApproval) held.add(month)
    if (isAnnounced) return { ...each, needsApproval, state: 'announced' }
    return { ...each, needsApproval, state: held.has(month) ? 'waiting' : 'due' }
  })
}
