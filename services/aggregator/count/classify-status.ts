import { STATUS_CLASSES, type StatusClass } from '@forbruk/schemas/event/status-class.ts'

const TOO_MANY_REQUESTS = numberOf('429')
const UNAUTHENTICATED = numberOf('401/407')

/**
 * The number of the class that a request is counted under. Version 1 knows classes by the first digit alone.
 * @param status 0 without a response, else 100 to 599
 */
export function classifyStatus(status: number, foldVersion: number): number {
  if (foldVersion >= 2) {
    if (status === 429) return TOO_MANY_REQUESTS
    if (status === 401 || status === 407) return UNAUTHENTICATED
  }
  return Math.floor(status / 100)
}

function numberOf(statusClass: StatusClass): number {
  return STATUS_CLASSES.indexOf(statusClass)
}
