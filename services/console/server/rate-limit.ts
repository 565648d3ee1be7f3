const CALLERS_MAX = 10_000

type Window = { readonly startMs: number; readonly used: number }
type Taken = { readonly isAllowed: boolean; readonly remaining: number; readonly resetMs: number }

/** How many requests each caller has left. Windows that are over are forgotten, and so is the oldest of too many. */
export class RateLimit {
  readonly #windows = new Map<string, Window>()
  readonly #requestsMax: number
  readonly #windowMs: number
  constructor({ requestsMax, windowMs }: { readonly requestsMax: number; readonly windowMs: number }) {
    this.#requestsMax = requestsMax
    this.#windowMs = windowMs
  }

  /** One request more of a caller at an instant of a clock that doesn't go back. */
  take(caller: string, nowMs: number): Taken {
    const before = this.#windows.get(caller)
    const isOver = before === undefined || nowMs - before.startMs >= this.#windowMs
    const window = isOver ? { startMs: nowMs, used: 0 } : before
    const isAllowed = window.used < this.#requestsMax
    const used = isAllowed ? window.used + 1 : window.used
    // The newest window comes last.
    if (isOver) this.#windows.delete(caller)
    this.#windows.set(caller, { ...window, used })
    if (isOver) this.#forget(nowMs)
    return {
      isAllowed,
      remaining: this.#requestsMax - used,
      resetMs: window.startMs + this.#windowMs - nowMs,
    }
  }

  #forget(nowMs: number): void {
    for (const [caller, { startMs }] of this.#windows) {
      if (nowMs - startMs < this.#windowMs && this.#windows.size <= CALLERS_MAX) return
      this.#windows.delete(caller)
    }
  }
}
