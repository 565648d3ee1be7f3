/** Runs at most `runningMax` steps at once and keeps at most `waitingMax` others waiting, in their order. */
type Admission = {
  /** Resolves to the step's answer, or to null without running it when there are too many already. */
  run<Answer>(step: () => Promise<Answer>): Promise<{ readonly answer: Answer } | null>
}

export function createAdmission(runningMax: number, waitingMax: number): Admission {
  let running = 0
  const waiting: (() => void)[] = []

  /** The place goes straight to the next in line, so that nobody can slip in between. */
  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  return {
    async run(step) {
      if (running < runningMax) running += 1
      else if (waiting.length < waitingMax) await new Promise<void>(resolve => waiting.push(resolve))
      else return null
      try {
        return { answer: await step() }
      } finally {
        leave()
      }
    },
  }
}
