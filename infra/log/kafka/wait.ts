import { setTimeout as sleep } from 'node:timers/promises'
import { isTransient } from './explain-error.ts'

const ATTEMPTS_MAX = 12
const PAUSE_MS = 250

/** For a few seconds: what one broker just did, such as making a topic, the next one asked may not know of yet. */
export async function retryTransient<Value>(step: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isTransient(error)) throw error
      await sleep(PAUSE_MS)
    }
  }
}

/** Brokers that said nothing so far: they may later. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError'
  /** As kafkajs's errors say it. */
  readonly retriable = true

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1_000} s`)
  }
}

/** Rejects with `error()` when `step` takes longer than `timeoutMs`. */
export async function within<Value>(
  timeoutMs: number,
  step: Promise<Value>,
  error: () => Error,
): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(error()), timeoutMs)
  try {
    return await Promise.race([step, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
