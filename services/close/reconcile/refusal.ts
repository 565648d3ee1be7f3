/** What a gateway served can't be compared with what arrived; `message` says why, and what to do. */
export class ReconciliationRefusedError extends Error {
  override name = 'ReconciliationRefusedError'
}
