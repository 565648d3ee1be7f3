import { setTimeout } from 'node:timers/promises'

/** Resolves after `delayMs`, or as soon as `signal` aborts; never rejects. */
export type Sleep = (delayMs: number, signal: AbortSignal) => Promise<void>

export const sleep: Sleep = (delayMs, signal) =>
  setTimeout(delayMs, undefined, { signal }).catch(() => undefined)
