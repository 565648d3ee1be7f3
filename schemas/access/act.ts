import { z } from 'zod'

/** What is recorded of what people and programs do, beside reading. */
export const ACTS = [
  'import_registry',
  'close_month',
  'announce_statements',
  'add_case_step',
  'waive_events',
  'mend_events',
  'compact_events',
  'add_rule',
  'end_rule',
  'expect_source',
  'retire_source',
  'accept_gap',
  'change_limits',
  'grow_stream',
  'import_key',
  'make_token',
  'revoke_token',
  'log_in',
  'export_table',
  'read_client',
] as const
export type Act = (typeof ACTS)[number]

/** `begun`, and nothing after it: whoever was at it ended before it could say how that went. */
export const ACT_OUTCOMES = ['begun', 'done', 'refused', 'failed'] as const
export type ActOutcome = (typeof ACT_OUTCOMES)[number]

/**
 * How it is known who acted. `command`: the operating system's user who typed it. `schedule`: nobody, at that time.
 * `loopback`: somebody on the machine, who need not say who. The others presented a secret.
 */
export const ACTED_VIA = ['command', 'schedule', 'loopback', 'setting', 'token', 'session'] as const

export const actEntryShape = z.object({
  entryId: z.string(),
  at: z.string(),
  act: z.enum(ACTS),
  subject: z.string().describe('the month, case, rule, source, client or token that it was about'),
  actor: z.string(),
  via: z.enum(ACTED_VIA),
  saidActor: z.string().nullable().describe('whom the caller named, which nothing proves'),
  reason: z.string().nullable().describe('why, in the words of who did it; null where nobody is asked'),
  outcome: z.enum(ACT_OUTCOMES),
})
export type ActEntry = Readonly<z.output<typeof actEntryShape>>

/** What is known of an act before it begins. */
export type KnownAct = Pick<ActEntry, 'act' | 'subject' | 'actor' | 'via' | 'saidActor' | 'reason'>
