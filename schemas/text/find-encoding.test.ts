import { expect, test } from 'vitest'
import { findOtherEncoding } from './find-encoding.ts'

const LINE = '{"msec":1}\n'
const utf16 = Buffer.from(LINE, 'utf16le')
const BOM = Buffer.from([0xff, 0xfe])

test.each<[string, Buffer, string | null]>([
  ['UTF-16 with its mark', Buffer.concat([BOM, utf16]), 'UTF-16'],
  ['the other way round', Buffer.concat([BOM, utf16]).swap16(), 'UTF-16'],
  ['the mark alone', BOM, 'UTF-16'],
  ['UTF-16 without', utf16, 'UTF-16'],
  ['the other way round, without', Buffer.from(utf16).swap16(), 'UTF-16'],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'UTF-32'],
  ['UTF-8', Buffer.from(LINE), null],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${LINE}`), null],
  ['a hole of a file', Buffer.concat([Buffer.alloc(7), Buffer.from(LINE)]), null],
  ['a hole of one', Buffer.concat([Buffer.alloc(1), Buffer.from(LINE)]), null],
  ['a hole behind one character', Buffer.concat([Buffer.from('{'), Buffer.alloc(5)]), null],
  ['one byte', Buffer.from([0xff]), null],
  ['nothing', Buffer.alloc(0), null],
])('%s', (_what, start, encoding) => expect(findOtherEncoding(start)).toBe(encoding))
