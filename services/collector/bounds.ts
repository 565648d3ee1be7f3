const MIB = 1_048_576

/** What one request, one sender and the process may take. */
export const BOUNDS = {
  /** Of a body, as it arrives and as it is once inflated. */
  bodyBytesMax: 8 * MIB,
  eventsMax: 10_000,
  /** As in a file: what is longer is rejected. */
  textBytesMax: MIB,
  /** Of bodies that are being read and events that the log hasn't acknowledged yet. */
  inFlightBytesMax: 128 * MIB,
  /** So that no source keeps the others out. */
  inFlightBytesMaxOfSource: 64 * MIB,
  /** A small body can hold many events that can't be read, each of which is more to keep than it is to send. */
  inFlightBytesMin: MIB,
  connectionsMax: 1_000,
  /** What a sender is asked to wait after 429 and 503. */
  retryAfterSeconds: 1,
} as const
