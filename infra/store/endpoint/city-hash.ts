/** CityHash128 of version 1.0.2, which ClickHouse checks its compressed blocks with; later versions differ. */
type Hash128 = readonly [low: bigint, high: bigint]

const K0 = 0xc3a5c85c97cb3127n
const K1 = 0xb492b66fbe98f273n
const K2 = 0x9ae16a3b2f90404fn
const K3 = 0xc949d7c7509e6557n
const MURMUR = 0x9ddfea08eb382d69n

const LONG_BYTES = 128

export function cityHash128(bytes: Buffer): Hash128 {
  const { length } = bytes
  if (length >= 16) return hashSeeded(bytes.subarray(16), word(bytes, 0) ^ K3, word(bytes, 8))
  if (length >= 8) {
    const low = word(bytes, 0) ^ wrap(BigInt(length) * K0)
    return hashSeeded(bytes.subarray(length), low, word(bytes, length - 8) ^ K1)
  }
  return hashSeeded(bytes, K0, K1)
}

function hashSeeded(bytes: Buffer, low: bigint, high: bigint): Hash128 {
  return bytes.length < LONG_BYTES ? hashShort(bytes, low, high) : hashLong(bytes, low, high)
}

function hashLong(bytes: Buffer, low: bigint, high: bigint): Hash128 {
  let x = low
  let y = high
  let z = wrap(BigInt(bytes.length) * K1)
  const v0 = wrap(rotate(y ^ K1, 49n) * K1 + word(bytes, 0))
  const w0 = wrap(rotate(wrap(y + z), 35n) * K1 + x)
  let v: Hash128 = [v0, wrap(rotate(v0, 42n) * K1 + word(bytes, 8))]
  let w: Hash128 = [w0, wrap(rotate(wrap(x + word(bytes, 88)), 53n) * K1)]

  const wholeBytes = bytes.length - (bytes.length % LONG_BYTES)
  for (let at = 0; at < wholeBytes; at += 64) {
    x = wrap(rotate(wrap(x + y + v[0] + word(bytes, at + 16)), 37n) * K1) ^ w[1]
    y = wrap(rotate(wrap(y + v[1] + word(bytes, at + 48)), 42n) * K1) ^ v[0]
    z = rotate(z ^ w[0], 33n)
    v = mixWeakly(bytes, at, wrap(v[1] * K1), wrap(x + w[0]))
    w = mixWeakly(bytes, at + 32, wrap(z + w[1]), y)
    ;[x, z] = [z, x]
  }
  y = wrap(y + rotate(w[0], 37n) * K0 + z)
  x = wrap(x + rotate(wrap(v[0] + z), 49n) * K0)

  // What is left over is taken from the end, in whole steps that reach back into what was hashed before.
  for (let left = 32; left - 32 < bytes.length - wholeBytes; left += 32) {
    const at = bytes.length - left
    y = wrap(rotate(wrap(y - x), 42n) * K0 + v[1])
    const w1 = wrap(w[0] + word(bytes, at + 16))
    x = wrap(rotate(x, 49n) * K0 + w1)
    w = [wrap(w1 + v[0]), w[1]]
    v = mixWeakly(bytes, at, v[0], v[1])
  }
  x = mix(x, v[0])
  y = mix(y, w[0])
  return [wrap(mix(wrap(x + v[1]), w[1]) + y), mix(wrap(x + w[1]), wrap(y + v[1]))]
}

function hashShort(bytes: Buffer, low: bigint, high: bigint): Hash128 {
  const { length } = bytes
  let a = low
  let b = high
  let c: bigint
  let d: bigint
  if (length <= 16) {
    a = wrap(foldHigh(wrap(a * K1)) * K1)
    c = wrap(b * K1 + hashUpTo16(bytes))
    d = foldHigh(wrap(a + (length >= 8 ? word(bytes, 0) : c)))
  } else {
    c = mix(wrap(word(bytes, length - 8) + K1), a)
    d = mix(wrap(b + BigInt(length)), wrap(c + word(bytes, length - 16)))
    a = wrap(a + d)
    for (let at = 0; at < length - 16; at += 16) {
      a = wrap((a ^ wrap(foldHigh(wrap(word(bytes, at) * K1)) * K1)) * K1)
      b ^= a
      c = wrap((c ^ wrap(foldHigh(wrap(word(bytes, at + 8) * K1)) * K1)) * K1)
      d ^= c
    }
  }
  a = mix(a, c)
  b = mix(d, b)
  return [a ^ b, mix(b, a)]
}

function hashUpTo16(bytes: Buffer): bigint {
  const { length } = bytes
  if (length > 8) {
    const last = word(bytes, length - 8)
    return mix(word(bytes, 0), rotate(wrap(last + BigInt(length)), BigInt(length))) ^ last
  }
  if (length >= 4) {
    const first = BigInt(bytes.readUInt32LE(0))
    return mix(wrap(BigInt(length) + (first << 3n)), BigInt(bytes.readUInt32LE(length - 4)))
  }
  if (length === 0) return K2
  const y = BigInt(bytes.readUInt8(0) + (bytes.readUInt8(length >> 1) << 8))
  const z = BigInt(length + (bytes.readUInt8(length - 1) << 2))
  return wrap(foldHigh(wrap(y * K2) ^ wrap(z * K3)) * K2)
}

function mixWeakly(bytes: Buffer, at: number, a: bigint, b: bigint): Hash128 {
  const first = wrap(a + word(bytes, at))
  const last = word(bytes, at + 24)
  const sum = wrap(first + word(bytes, at + 8) + word(bytes, at + 16))
  return [wrap(sum + last), wrap(rotate(wrap(b + first + last), 21n) + rotate(sum, 44n) + first)]
}

function mix(low: bigint, high: bigint): bigint {
  const once = wrap((low ^ high) * MURMUR)
  const twice = wrap((high ^ once ^ (once >> 47n)) * MURMUR)
  return wrap((twice ^ (twice >> 47n)) * MURMUR)
}

function foldHigh(value: bigint): bigint {
  return value ^ (value >> 47n)
}

function rotate(value: bigint, bits: bigint): bigint {
  return (value >> bits) | wrap(value << (64n - bits))
}

function word(bytes: Buffer, at: number): bigint {
  return bytes.readBigUInt64LE(at)
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}
