/**
 * What both our HTTP servers bound a connection by, so that silent and slow callers free their place: as long as
 * `http.createServer` takes, and checked every second, where Node itself looks twice a minute.
 */
export const CONNECTION_BOUNDS = {
  /** Until the headers have arrived, counted from the connection on. */
  headersTimeout: 15_000,
  /** Until a request has arrived whole. How long an answer takes is up to who answers. */
  requestTimeout: 30_000,
  /** Longer than ClickHouse's clients keep an idle connection. */
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
} as const
