import { InvalidArgumentError } from 'commander'

/** Text that is recorded for good: one line, not empty. */
export function parseReason(text: string): string {
  const reason = text.trim()
  if (reason !== '' && reason.length <= 500 && !/\p{Cc}/u.test(reason)) return reason
  throw new InvalidArgumentError('expected one line of text, at most 500 characters')
}
