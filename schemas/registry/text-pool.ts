/**
 * Texts, each kept once and known by its code: half a million activations are of far fewer clients,
 * integrations and days, and a number is compared and kept at a fraction of what a text costs.
 */
export class TextPool {
  readonly #texts: string[] = []
  readonly #codes = new Map<string, number>()

  /** The text's code, from 0; the same one each time. */
  add(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const code = this.append(text)
    this.#codes.set(text, code)
    return code
  }

  /** A code of its own, whatever other texts are the same: it costs less where hardly any is. */
  append(text: string): number {
    return this.#texts.push(text) - 1
  }

  textOf(code: number): string {
    const text = this.#texts[code]
    if (text === undefined) throw new RangeError(`no text has the code ${code} of ${this.#texts.length}`)
    return text
  }

  /** All codes are below it. */
  get size(): number {
    return this.#texts.length
  }
}
