/**
 * What somebody may do, beside looking: `account_manager` leads the dialogue with clients, `closer` changes what a
 * month comes to (registry, rejected events, rules, close, announcement), `admin` does all of it and says who may do
 * what. Everybody of a role reads; one person may have several.
 */
export const ROLES = ['reader', 'account_manager', 'closer', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether one of these roles is enough for what asks for a role. */
export function mayUse(held: readonly Role[], asked: Role): boolean {
  if (asked === 'reader') return held.length > 0
  return held.includes(asked) || held.includes('admin')
}
