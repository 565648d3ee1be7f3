type Step<Answer> = () => Promise<Answer>

/**
 * An engine in process keeps what it had written of an answer that failed in its middle, in whatever format, and puts
 * that before the next answer of its session: somebody else's rows, read as right. So steps go one after the other, as
 * they do inside the engine anyway, and after one that failed `rinse` takes what is left before another begins. Where
 * that fails too, it is tried again before the next step, which doesn't begin without it.
 */
export function answerClean(rinse: Step<unknown>): <Answer>(step: Step<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve()
  let isClean = true

  async function run<Answer>(step: Step<Answer>): Promise<Answer> {
    if (!isClean) await rinse()
    isClean = false
    const answer = await step()
    isClean = true
    return answer
  }

  return step => {
    const answer = last.then(() => run(step))
    last = answer.catch(() => {})
    return answer
  }
}
