/** A working day: who is still there then logs in again, and has the roles that they have by then. */
export const SESSION_MS = 8 * 3_600_000
