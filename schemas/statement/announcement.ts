import { z } from 'zod'

/** When the statements of a revision may be announced: when it is recorded, or once a person has approved it. */
export const ANNOUNCE_POLICIES = ['immediately', 'after-approval'] as const
export type AnnouncePolicy = (typeof ANNOUNCE_POLICIES)[number]

/** `due`: whoever comes next announces it. `waiting`: for a person's approval, of it or of one before it. */
export const ANNOUNCEMENT_STATES = ['announced', 'due', 'waiting'] as const
export type AnnouncementState = (typeof ANNOUNCEMENT_STATES)[number]

const HASH_CHARACTERS = 12
const APPROVED_RULE =
  'a revision with the beginning of its content hash, such as r2:0a1b2c3d4e5f, as the close names it'

/** What a person approves, as they saw it. */
export const approvedShape = z
  .string({ error: APPROVED_RULE })
  .regex(/^r[1-9]\d{0,6}:[0-9a-f]{12}$/, { error: APPROVED_RULE })

/** A revision of a month by a name that no other content has. */
export function nameRevision(revision: number, contentHash: string): string {
  return `r${revision}:${contentHash.slice(0, HASH_CHARACTERS)}`
}
