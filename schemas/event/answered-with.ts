/**
 * How the detail of a rejected event tells what the gateway answered. Formats write it, and standing rules read it: who
 * was turned away differs from a client whose name is missing by mistake.
 */
export function spellStatus(status: number): string {
  return `the status is ${status}`
}

/** Finds it in a detail; in SQL by `extract`. */
export const STATUS_IN_DETAIL = 'the status is ([0-9]+)'
