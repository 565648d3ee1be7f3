/** What uses come to: requests, and bytes. */
export type UsageSums = {
  readonly requests: bigint
  readonly requestBytes: bigint
  readonly responseBytes: bigint
}

export const NOTHING_USED: UsageSums = { requests: 0n, requestBytes: 0n, responseBytes: 0n }

export function addUp(all: readonly UsageSums[]): UsageSums {
  return all.reduce(
    (sum, each) => ({
      requests: sum.requests + each.requests,
      requestBytes: sum.requestBytes + each.requestBytes,
      responseBytes: sum.responseBytes + each.responseBytes,
    }),
    NOTHING_USED,
  )
}

export function isEqual(one: UsageSums, other: UsageSums): boolean {
  return (
    one.requests === other.requests &&
    one.requestBytes === other.requestBytes &&
    one.responseBytes === other.responseBytes
  )
}
