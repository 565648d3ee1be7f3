/** `mending`: sent again, and not counted yet. */
export const REJECTED_STATES = ['open', 'waived', 'mending', 'mended'] as const

/** What is to be sent in place of a rejected event is recorded before, and where the log has it after. */
export const MEND_STEPS = ['intended', 'sent'] as const
export type MendStep = (typeof MEND_STEPS)[number]

/**
 * How rejected events come to be kept as sums: `begun`, `folded` as the sums hold, `kept` for good. Or `withdrawn`
 * before that.
 */
export const FOLD_STEPS = ['begun', 'folded', 'kept', 'withdrawn'] as const
