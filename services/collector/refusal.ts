/** Nothing of a request is taken, and its sender knows why. */
export type Refusal = {
  readonly kind:
    | 'request_malformed'
    | 'token_missing'
    | 'origin_foreign'
    | 'not_found'
    | 'method_unknown'
    | 'identity_missing'
    | 'too_much_in_flight'
    | 'log_unavailable'
    | 'failure'
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 422 | 429 | 431 | 500 | 503
  readonly detail: string
  /** Of 405: the methods that there are. */
  readonly allow?: string
}

export class RefusedError extends Error {
  override name = 'RefusedError'
  readonly refusal: Refusal
  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.detail, options)
    this.refusal = refusal
  }
}

export function malformed(status: Refusal['status'], detail: string): RefusedError {
  return new RefusedError({ kind: 'request_malformed', status, detail })
}
