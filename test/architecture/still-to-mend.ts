import type { RULES } from './rules.ts'

/** By rule, the files that break it today. One that no longer does must leave the list: it can only grow shorter. */
export const STILL_TO_MEND: Readonly<Partial<Record<keyof typeof RULES, readonly string[]>>> = {}
