import { createHmac } from 'node:crypto'

const WORDS = '; its fingerprint is '
const FINGERPRINT = new RegExp(`${WORDS}([0-9a-f]{32})$`)

/**
 * What tells a line from every other one of its shape, for whoever has it and the key. Without the key it tells nothing
 * of the line, not even to who knows all of it but a few digits. Pure.
 */
export function fingerprintOf(line: Uint8Array, key: Uint8Array): string {
  return createHmac('sha256', key).update('rejected line\n').update(line).digest('hex').slice(0, 32)
}

/** As the detail of a rejected line carries it, behind all else. */
export function writeFingerprint(detail: string, fingerprint: string): string {
  return `${detail}${WORDS}${fingerprint}`
}

/** Null where the detail has none. */
export function readFingerprint(detail: string): string | null {
  return FINGERPRINT.exec(detail)?.[1] ?? null
}
