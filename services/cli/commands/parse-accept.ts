import { ACCEPTED_CAUSES, type AcceptedCause } from '@forbruk/schemas/statement/month-close.ts'
import { InvalidArgumentError } from 'commander'

/** Causes by comma, such as `registry,tariff`. */
export function parseAccept(text: string): AcceptedCause[] {
  return text.split(',').map(name => {
    const cause = ACCEPTED_CAUSES.find(each => each === name.trim())
    if (cause !== undefined) return cause
    throw new InvalidArgumentError(`expected some of ${ACCEPTED_CAUSES.join(', ')}, separated by commas`)
  })
}
