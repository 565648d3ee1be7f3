import { describe, expect, it } from 'vitest'
import { chooseCoding, decodeBody, encodeBody } from './encode-body.ts'

describe('chooseCoding', () => {
  it.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['GZIP;q=1.0, zstd;q=0', 'gzip'],
    ['identity', null],
    ['', null],
    ['lz4', null],
  ])('«%s» gives %s', (accepted, coding) => {
    expect(chooseCoding(accepted)).toBe(coding)
  })
})

describe('decodeBody', () => {
  it.each(['zstd', 'br', 'gzip', 'deflate'])('reads back %s', async coding => {
    const body = Buffer.from('SELECT 1'.repeat(1000))
    const packed = await encodeBody(body, coding)
    expect(packed.length).toBeLessThan(200)
    expect(await decodeBody(packed, coding, 100_000)).toEqual(body)
  })

  it.each(['zstd', 'br', 'gzip', 'deflate'])('stops a %s bomb', async coding => {
    const bomb = await encodeBody(Buffer.alloc(10_000_000), coding)
    await expect(decodeBody(bomb, coding, 1_000_000)).rejects.toMatchObject({ type: 'QUERY_IS_TOO_LARGE' })
  })

  it('says what it can’t unpack', async () => {
    await expect(decodeBody(Buffer.from('x'), 'lz4', 10)).rejects.toThrow(/'lz4'/)
    await expect(decodeBody(Buffer.from('SELECT 1'), 'gzip', 10)).rejects.toThrow(/isn't gzip/)
  })
})
