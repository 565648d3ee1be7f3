/**
 * How the detail of a rejected event tells what the gateway answered. Formats write it, and standing rules read it: who
 * was turned away differs from a client whose name is missing by mistake.
 */
export function spellStatus(status: number): string {
  return `the status is ${status}`
}

/** Finds it in a detail; in SQL by `extract`. */
export const STATUS_IN_DETAIL = 'the status is ([0-9]+)'
const STATUS = new RegExp(STATUS_IN_DETAIL)

/** Null where the detail doesn't tell. */
export function readStatus(detail: string): number | null {
  const [, status] = STATUS.exec(detail) ?? []
  return status === undefined ? null : Number(status)
}
