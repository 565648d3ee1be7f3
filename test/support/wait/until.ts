import { setTimeout } from 'node:timers/promises'

const PAUSE_MS = 20

/** Looks again and again until it is so; throws when that takes too long. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: () => string,
  timeoutMs = 30_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`Not within ${timeoutMs} ms: ${what()}`)
    await setTimeout(PAUSE_MS)
  }
}
