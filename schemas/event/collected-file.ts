import { randomBytes } from 'node:crypto'

const PREFIX = 'http-'
const PROCESS_BYTES = 8

/**
 * Which files are none: a collector numbers what it rejects as if it stood in one, anew in every process. Nothing ships
 * them, so that no mark ever speaks of them. As SQL's LIKE has it.
 */
export const COLLECTED_FILE = PREFIX + '_'.repeat(2 * PROCESS_BYTES)

export function isCollected(file: string): boolean {
  return file.startsWith(PREFIX) && file.length === COLLECTED_FILE.length
}

/** How a collector's process calls what it rejects. */
export function nameCollected(): string {
  return PREFIX + randomBytes(PROCESS_BYTES).toString('hex')
}
