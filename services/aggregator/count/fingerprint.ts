/**
 * A running 64-bit fingerprint of a sequence of numbers and texts, in two 32-bit lanes because bigint arithmetic is
 * some hundred times slower. It tells two sequences apart by accident or by fault, not against an attacker: what a
 * replay must show is that the same log gave the same events.
 */
export class Fingerprint {
  #low = 0x9e3779b9
  #high = 0x85ebca6b

  addNumber(value: number): void {
    // A safe integer has 53 bits: feed both halves.
    this.#mix(value | 0, Math.floor(value / 4_294_967_296) | 0)
  }

  /** A text by its hash and length. */
  addHash(hash: number, length: number): void {
    this.#mix(hash, length)
  }

  /** The one that has this value: it goes on in the same way. */
  static restore(value: bigint): Fingerprint {
    const restored = new Fingerprint()
    restored.#low = Number(BigInt.asIntN(32, value))
    restored.#high = Number(BigInt.asIntN(32, value >> 32n))
    return restored
  }

  value(): bigint {
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)
  }

  #mix(first: number, second: number): void {
    this.#low = Math.imul((this.#low ^ first) + (this.#high >>> 13), 0xcc9e2d51)
    this.#high = Math.imul((this.#high ^ second) + (this.#low >>> 16), 0x1b873593)
    this.#low = (this.#low ^ (this.#high >>> 11)) | 0
  }
}
