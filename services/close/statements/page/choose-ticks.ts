/** Pure: from zero in equal round steps of 1, 2 or 5 times a power of ten, the last at or above the highest value. */
export function chooseTicks(highest: bigint): bigint[] {
  const TICKS_MAX = 5n
  let power = 1n
  for (;;) {
    for (const factor of [1n, 2n, 5n]) {
      const step = factor * power
      const count = (highest + step - 1n) / step
      if (count <= TICKS_MAX)
        return Array.from({ length: Math.max(Number(count), 1) + 1 }, (_, index) => BigInt(index) * step)
    }
    power *= 10n
  }
}
