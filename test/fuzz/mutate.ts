import type { Random } from '../simulation/random.ts'

/** What a field of any format may turn on: ends, quotes, escapes, numbers at their bounds, signs of encodings. */
const PIECES: readonly Buffer[] = [
  ...['"', "'", '\\', '\\"', '\\x22', '\\u0000', ' ', '\t', '\r\n', '\n', '-', '--', ',', ';', ':', '=', '|'],
  ...['[', ']', '{', '}', '{}', '[]', '""', 'null', 'true', '0', '-0', '-1', '1e308', '9007199254740993'],
  ...['18446744073709551616', 'NaN', '000', '1970-01-01', '9999-12-31T23:59:60Z', '+1400', '=1+1', '<!--'],
  ...['\ufeff', '\u202e', '\u0301', '\ud7ff', '\0', '\x1b[31m', '%00', '%ff', '../', 'Ø', '\u00a0', '\u2028'],
]
  .map(text => Buffer.from(text))
  .concat([Buffer.from([0xff, 0xfe]), Buffer.from([0xc3, 0x01]), Buffer.from([0x00, 0, 0, 0, 1])])

/** How long an input grows at most. */
const INPUT_BYTES_MAX = 64 * 1024
const REPEATS_MAX = 2_000

/** An input that is near to others: changed in one to three places, or put together of two. */
export function mutate(input: Buffer, other: Buffer, random: Random): Buffer {
  let changed = input
  for (let times = random.between(1, 3); times > 0; times--) changed = mutateOnce(changed, other, random)
  return changed.subarray(0, INPUT_BYTES_MAX)
}

function mutateOnce(input: Buffer, other: Buffer, random: Random): Buffer {
  const from = random.between(0, input.length)
  const to = Math.min(input.length, from + random.between(0, 24))
  const [before, cut, after] = [input.subarray(0, from), input.subarray(from, to), input.subarray(to)]
  switch (random.between(0, 7)) {
    case 0:
      return Buffer.concat([before, after])
    case 1:
      return Buffer.concat([before, random.pick(PIECES), cut, after])
    case 2:
      return Buffer.concat([before, random.pick(PIECES), after])
    case 3:
      return Buffer.concat([before, ...repeat(cut, random), after])
    case 4:
      return Buffer.concat([before, ...repeat(random.pick(PIECES), random), after])
    case 5:
      return Buffer.concat([before, other.subarray(random.between(0, other.length))])
    case 6:
      return before
    default:
      return flipped(input, from, random)
  }
}

function repeat(piece: Buffer, random: Random): readonly Buffer[] {
  const times = random.chance(0.05) ? random.between(0, REPEATS_MAX) : random.between(0, 4)
  return Array.from({ length: times }, () => piece)
}

function flipped(input: Buffer, at: number, random: Random): Buffer {
  const changed = Buffer.from(input)
  if (at < changed.length) changed[at] = random.between(0, 255)
  return changed
}
