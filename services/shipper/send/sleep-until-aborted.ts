import { setTimeout as sleep } from 'node:timers/promises'

export async function sleepUntilAborted(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined)
}
