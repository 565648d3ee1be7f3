/** The format or one of its fields is unknown, or nobody said who is metered; `message` lists what is known. */
export class GatewayFormatError extends Error {
  override name = 'GatewayFormatError'
}
