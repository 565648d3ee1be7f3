// A small seeded generator (sfc32), so that the plan is the same on every machine.

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform whole number in [low, high]. */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  /** Exponentially distributed, at least `floor`. */
  waiting(mean: number, floor: number): number
  /** Around 1, with a long tail upwards. */
  tail(spread: number): number
}

/** The label keeps streams apart: one more client does not reshuffle the others. */
export function seededRandom(seed: number, label: string): Random {
  let a = 0x9e3779b9 ^ seed
  let b = 0x243f6a88
  let c = 0xb7e15162
  let d = 1
  for (let index = 0; index < label.length; index += 1) {
    b = Math.imul(b ^ label.charCodeAt(index), 0x01000193)
    c = (c + Math.imul(b, 31)) | 0
  }
  function next(): number {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }
  for (let round = 0; round < 15; round += 1) next()
  return {
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: probability => next() < probability,
    waiting: (mean, floor) => Math.max(floor, -Math.log(1 - next()) * mean),
    tail: spread => Math.exp(spread * (next() + next() + next() + next() - 2) * 1.73),
  }
}

/** Chooses an index with the given weights; `cumulative` is their running sum. */
export function chooseIndex(random: Random, cumulative: Float64Array): number {
  const total = cumulative[cumulative.length - 1] ?? 0
  const mark = random.next() * total
  let low = 0
  let high = cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cumulative[middle] ?? 0) > mark) high = middle
    else low = middle + 1
  }
  return low
}

export function runningSum(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length)
  let total = 0
  weights.forEach((weight, index) => {
    total += weight
    sums[index] = total
  })
  return sums
}
