import { isName } from '@forbruk/schemas/event/check-request.ts'
import { isPlain } from '@forbruk/schemas/text/plain-text.ts'
import { InvalidArgumentError } from 'commander'

/** A name that a source can ship under. */
export function parseSourceName(text: string): string {
  if (isName(text) && isPlain(text)) return text
  throw new InvalidArgumentError(
    'expected 1 to 256 characters without control characters, such as gateway-1/access',
  )
}
