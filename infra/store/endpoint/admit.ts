/**
 * Runs at most so many steps at once and keeps at most so many others waiting, of one caller and of all; whoever waits
 * the longest among those who may run comes first.
 */
type Admission = {
  /** Resolves to the step's answer, or to null without running it when there are too many already. */
  run<Answer>(caller: string, step: () => Promise<Answer>): Promise<{ readonly answer: Answer } | null>
}

export type AdmissionBounds = {
  readonly runningMax: number
  readonly runningPerCallerMax: number
  readonly waitingMax: number
  readonly waitingPerCallerMax: number
}

type Waiting = { readonly caller: string; readonly begin: () => void }

export function createAdmission(bounds: AdmissionBounds): Admission {
  const running: string[] = []
  const waiting: Waiting[] = []
  const countOf = (caller: string, callers: readonly string[]) =>
    callers.filter(each => each === caller).length

  function mayRun(caller: string): boolean {
    return running.length < bounds.runningMax && countOf(caller, running) < bounds.runningPerCallerMax
  }

  function mayWait(caller: string): boolean {
    const callers = waiting.map(each => each.caller)
    return waiting.length < bounds.waitingMax && countOf(caller, callers) < bounds.waitingPerCallerMax
  }

  /** A place goes straight to the next who may have it, so that nobody can slip in between. */
  function leave(caller: string): void {
    running.splice(running.indexOf(caller), 1)
    const index = waiting.findIndex(each => mayRun(each.caller))
    const [next] = index < 0 ? [] : waiting.splice(index, 1)
    if (next === undefined) return
    running.push(next.caller)
    next.begin()
  }

  return {
    async run(caller, step) {
      if (mayRun(caller)) running.push(caller)
      else if (mayWait(caller)) await new Promise<void>(begin => waiting.push({ caller, begin }))
      else return null
      try {
        return { answer: await step() }
      } finally {
        leave(caller)
      }
    },
  }
}
