import { createHash } from 'node:crypto'
import type { CloseKey } from './of-close.ts'

/** An id is any text: only what every file system takes is kept as it is, so that no two ids share a name. */
export function fileNameOf(
  { month, revision }: Pick<CloseKey, 'month' | 'revision'>,
  payerId: string,
  extension: 'html' | 'en.html' | 'xml',
): string {
  const name = [...Buffer.from(payerId, 'utf8')]
    .map(byte => {
      const character = String.fromCharCode(byte)
      return /[a-z0-9-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
  return `${month}-r${revision}-${name.length <= NAME_CHARACTERS_MAX ? name : hashOf(payerId)}.${extension}`
}

/** File systems take 255 bytes. */
const NAME_CHARACTERS_MAX = 200

function hashOf(payerId: string): string {
  return createHash('sha256').update(payerId).digest('hex')
}
