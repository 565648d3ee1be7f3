import { EventLogError, LogUnavailableError } from '../event-log.ts'

/**
 * `what` could not be done: an EventLogError that names the brokers and kafkajs's own last reason, and is a
 * LogUnavailableError where waiting may help.
 */
export function explainKafkaError(what: string, brokers: readonly string[], error: unknown): EventLogError {
  if (error instanceof EventLogError) return error
  const kind = isTransient(error) ? LogUnavailableError : EventLogError
  return new kind(
    `${what}: ${lastReason(error)}. Brokers: ${brokers.join(', ')}. ` +
      'Check that they are right (KAFKA_BROKERS), up, and reachable from here.',
    { cause: error },
  )
}

/** Whether the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  const cause = originalCause(error)
  if (!(cause instanceof Error)) return false
  // kafkajs calls it final. It is what it makes of brokers that don't answer, or that have only just begun to.
  if (cause.name === 'KafkaJSGroupCoordinatorNotFound') return true
  return 'retriable' in cause && cause.retriable === true
}

/** In kafkajs's own words. */
export function lastReason(error: unknown): string {
  const cause = originalCause(error)
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
}

/** kafkajs wraps an error, again and again, in one that says only how often it was tried. */
function originalCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? originalCause(error.cause) : error
}
