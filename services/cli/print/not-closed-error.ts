/** There is no such month, revision or payer to show: exit code 2. */
export class NotClosedError extends Error {
  override name = 'NotClosedError'
}
