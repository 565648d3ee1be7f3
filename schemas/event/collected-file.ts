import { randomBytes } from 'node:crypto'

/**
 * Which files are none: a collector numbers what it rejects as if it stood in one, anew in every process. Nothing ships
 * them, so that no mark ever speaks of them. A regular expression as SQL and JavaScript read it.
 */
export const COLLECTED_FILE = '^http-[0-9a-f]{16}$'

const collectedFile = new RegExp(COLLECTED_FILE)

export function isCollected(file: string): boolean {
  return collectedFile.test(file)
}

/** How a collector's process calls what it rejects. */
export function nameCollected(): string {
  return `http-${randomBytes(8).toString('hex')}`
}
