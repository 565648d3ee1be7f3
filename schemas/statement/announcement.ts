/** When the statements of a revision may be announced: when it is recorded, or once a person has approved it. */
export const ANNOUNCE_POLICIES = ['immediately', 'after-approval'] as const
export type AnnouncePolicy = (typeof ANNOUNCE_POLICIES)[number]

/** `due`: whoever comes next announces it. `waiting`: for a person's approval, of it or of one before it. */
export const ANNOUNCEMENT_STATES = ['announced', 'due', 'waiting'] as const
export type AnnouncementState = (typeof ANNOUNCEMENT_STATES)[number]
