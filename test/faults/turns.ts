/** Whoever takes a turn has what it guards to himself; the others wait in order. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<Value>(step: () => Promise<Value>): Promise<Value> {
    const turn = this.#last.then(step)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
