import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'

/** Another close is running in this process. */
export class CloseRunningError extends Error {
  override name = 'CloseRunningError'
  readonly month: string
  constructor(month: string) {
    super(`${month} is being closed in this process now; close again when that is done`)
    this.month = month
  }
}

/**
 * One close at a time: a month's rows are held in memory, and two at once in one process would only wait for each
 * other. Throws CloseRunningError, so that who asks can ask again.
 */
export function oneAtATime<Request extends { readonly period: BillingPeriod }, Result>(
  close: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  let running: string | null = null
  return async request => {
    if (running !== null) throw new CloseRunningError(running)
    running = request.period.month
    try {
      return await close(request)
    } finally {
      running = null
    }
  }
}
