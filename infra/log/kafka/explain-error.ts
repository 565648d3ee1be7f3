import { EventLogError, LogUnavailableError } from '../event-log.ts'
import { type Answer, answerOf, refusalOfCoordinator } from './answers.ts'

/**
 * `what` could not be done: an EventLogError that says who answered what to which request, as far as kafkajs tells, and
 * what mends it. It is a LogUnavailableError where waiting may help.
 */
export function explainKafkaError(what: string, brokers: readonly string[], error: unknown): EventLogError {
  if (error instanceof EventLogError) return error
  const kind = isTransient(error) ? LogUnavailableError : EventLogError
  const answer =
    hiddenRefusal(error) ??
    answerOf(error instanceof Error ? error.message : '') ??
    answerOf(originalWords(error))
  const asked = answer === null ? '' : ` (the answer of ${answer.broker} to ${answer.request})`
  const advice = adviseOn(error, answer?.request ?? null)
  return new kind(`${what}: ${lastReason(error)}${asked}. Brokers: ${brokers.join(', ')}. ${advice}`, {
    cause: error,
  })
}

/** Whether the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  const cause = originalCause(error)
  if (!(cause instanceof Error)) return false
  // Whoever is let in by a certificate or password that is wrong now will not be later.
  if (isTlsFault(cause)) return false
  // kafkajs calls it final. It is what it makes of brokers that don't answer, or that have only just begun to.
  if (cause.name === 'KafkaJSGroupCoordinatorNotFound') return hiddenRefusal(cause) === null
  return 'retriable' in cause && cause.retriable === true
}

/** The address of a broker that is connected and did not answer in time. */
export function findSilentBroker(error: unknown): string | null {
  const cause = originalCause(error)
  const isSilent = cause instanceof Error && cause.name === 'KafkaJSRequestTimeoutError'
  return isSilent && 'broker' in cause && typeof cause.broker === 'string' ? cause.broker : null
}

export function isUnknownTopic(error: unknown): boolean {
  return codeOf(originalCause(error)) === 'UNKNOWN_TOPIC_OR_PARTITION'
}

/** In kafkajs's own words. */
export function lastReason(error: unknown): string {
  return originalWords(error).replace(/\.$/, '')
}

function hiddenRefusal(error: unknown): Answer | null {
  const cause = originalCause(error)
  const isHidden = cause instanceof Error && cause.name === 'KafkaJSGroupCoordinatorNotFound'
  return isHidden ? refusalOfCoordinator() : null
}

function originalWords(error: unknown): string {
  const refusal = hiddenRefusal(error)
  if (refusal !== null) return refusal.words
  const cause = originalCause(error)
  return cause instanceof Error ? cause.message : String(cause)
}

/** kafkajs wraps an error, again and again, in one that says only how often it was tried, or of how many it is one. */
function originalCause(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.cause instanceof Error) return originalCause(error.cause)
  if ('errors' in error && Array.isArray(error.errors) && error.errors[0] instanceof Error)
    return originalCause(error.errors[0])
  return error
}

/** Kafka's name of an error, or Node's. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  const refusal = hiddenRefusal(cause)
  if (refusal !== null)
    return /transactional/i.test(refusal.words)
      ? 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
      : 'GROUP_AUTHORIZATION_FAILED'
  if ('type' in cause && typeof cause.type === 'string') return cause.type
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}

const TLS_CODE = /CERT|SELF_SIGNED|UNABLE_TO|^ERR_(TLS|SSL|OSSL)|^EPROTO$/

function isTlsFault(cause: Error): boolean {
  return TLS_CODE.test(codeOf(cause))
}

/** By request, as Kafka's authorizer asks for it. */
const TOPIC_RIGHTS: Readonly<Record<string, string>> = {
  Metadata: 'Describe',
  ListOffsets: 'Describe',
  DescribeConfigs: 'DescribeConfigs',
  Fetch: 'Read',
  Produce: 'Write',
  AddPartitionsToTxn: 'Write',
  CreateTopics: 'Create',
}

const RIGHTS = 'docs/operating.md#rights-on-kafka has the rights of each command'

function adviseOn(error: unknown, request: string | null): string {
  const cause = originalCause(error)
  if (cause instanceof Error && isTlsFault(cause)) {
    return (
      "Check KAFKA_SSL and KAFKA_SSL_CA: the brokers' certificate is not trusted, is for another name, " +
      'or they speak no TLS there.'
    )
  }
  switch (codeOf(cause)) {
    case 'TOPIC_AUTHORIZATION_FAILED': {
      const right = TOPIC_RIGHTS[request ?? ''] ?? 'Describe, DescribeConfigs, Read or Write'
      return `Allow this user ${right} on the topic: ${RIGHTS}.`
    }
    case 'GROUP_AUTHORIZATION_FAILED':
      return (
        `Allow this user ${request === 'DeleteGroups' ? 'Delete' : 'Read'} on groups that begin with forbruk: ` +
        `${RIGHTS}.`
      )
    case 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED':
      return `Allow this user Write on transactional ids that begin with forbruk: ${RIGHTS}.`
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return `Allow this user Create on the topic, or create it yourself: ${RIGHTS}.`
    case 'INVALID_REPLICATION_FACTOR':
      return 'Set KAFKA_REPLICATION_FACTOR to no more than there are brokers, or create the topic yourself.'
    case 'POLICY_VIOLATION':
      return (
        "The brokers' create.topic.policy refuses the topic: create it yourself, " +
        'or set KAFKA_PARTITIONS and KAFKA_REPLICATION_FACTOR as it asks.'
      )
    case 'SASL_AUTHENTICATION_FAILED':
    case 'KafkaJSSASLAuthenticationError':
    case 'UNSUPPORTED_SASL_MECHANISM':
      return 'Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.'
    case 'KafkaJSConnectionClosedError':
      return (
        'Check KAFKA_SSL and KAFKA_SASL_MECHANISM: a broker hangs up on who speaks no TLS, ' +
        'or does not log in, where it expects that.'
      )
    default:
      return 'Check that they are right (KAFKA_BROKERS), up, and reachable from here.'
  }
}
