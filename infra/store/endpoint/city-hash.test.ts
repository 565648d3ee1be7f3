import { describe, expect, it } from 'vitest'
import { cityHash128 } from './city-hash.ts'

/** By another implementation, of bytes that go up by 7 from 3: every branch on the length, and each side of a limit. */
const KNOWN = [
  [0, '3df09dfc64c09a2b3cb540c392e51e29'],
  [1, '39379490ccb55d552af2b13064cd571f'],
  [3, '3108fa6b1da1698632301bf0c250612d'],
  [4, '2321e75aee8d6c41cea6b327f605358d'],
  [7, '9ef90f69597e95c74987956c9782ee8f'],
  [8, 'b6ad7c9a5953432f9f0e02109921888c'],
  [9, '5601ccf1e058519af8512fca28333fef'],
  [15, '5a8299d8ab8f2f478ea0a478a90d3277'],
  [16, '21e79cab7f9c2b79a35615c235313f7a'],
  [17, '0cd5bb13faea6e4c32bf719178f6bbfe'],
  [20, 'ca1910f5efea96e9e622815923e8b885'],
  [24, '11cc4c88526863b83292188780f057f0'],
  [25, '1a7462831d12bd3fd3d501dade7c55ad'],
  [31, '6e4f70325ec27ffc9a23a7e9f0b515e0'],
  [32, '67cfab8404eec7e980cd3c27f5bd61ee'],
  [33, '094bbf1d5b6ddb6110572bd58efa7aaf'],
  [48, '1bae09b8435c660da281faacdbab77b6'],
  [49, 'b036db4387a2cadc5e7fef1d0c3b04fd'],
  [100, 'e8ed256df7c36d775da4e59606ec0c52'],
  [127, '1f1c2a3c628299425d5820604b01deea'],
  [143, '201689145f2ebee2df56bd91c3fb4dd0'],
  [144, 'd639167b9b85767d07a10bf4573107c6'],
  [145, 'de654d669366fc2ad2f68f547b37d6f5'],
  [176, '6970c27d32b2ba7381942dddea12a7fd'],
  [272, 'efd5ff73250bf76dedec81d742e3b161'],
  [300, 'd6306a0c4528ae1137c2e51cab2517ef'],
  [1000, '984b538c7b372373f6e6cbc56b688720'],
  [4097, 'b081668b9b96e62557e870a0403c1e09'],
] as const

describe('cityHash128', () => {
  it.each(KNOWN)('of %d bytes is %s', (length, expected) => {
    const [low, high] = cityHash128(Buffer.from(Array.from({ length }, (_, index) => (index * 7 + 3) & 255)))
    expect(toHex(low) + toHex(high)).toBe(expected)
  })
})

function toHex(value: bigint): string {
  return value.toString(16).padStart(16, '0')
}
