import { readException } from './endpoint/exception.ts'
import { StoreError, StoreUnavailableError } from './store.ts'

/**
 * What ClickHouse says of its own state rather than of the statement: the same call can succeed once the load, the
 * network, the replica or the disk has recovered.
 */
const TRANSIENT_CODES = new Set([
  159, // TIMEOUT_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED: the server is shutting down
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY: the replica lost its Keeper session
  243, // NOT_ENOUGH_SPACE: an operator frees space and the insert goes through; giving up would lose nothing less
  252, // TOO_MANY_PARTS: merges catch up
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  289, // REPLICA_IS_NOT_IN_QUORUM
  319, // UNKNOWN_STATUS_OF_INSERT: repeating is safe, every insert here sets figures and adds none
  394, // QUERY_WAS_CANCELLED
  439, // CANNOT_SCHEDULE_TASK
  473, // DEADLOCK_AVOIDED
  499, // S3_ERROR
  519, // ALL_REPLICAS_ARE_STALE
  692, // TOO_MANY_MUTATIONS
  745, // SERVER_OVERLOADED
  999, // KEEPER_EXCEPTION
  1000, // POCO_EXCEPTION: in practice a socket or name look-up
])

/** Of the disk below an embedded store: what an operator can mend while the insert waits. */
const TRANSIENT_DISK_CODES = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE'])

const SYNTAX_ERROR = 62
const UNKNOWN = 'UNKNOWN_EXCEPTION'

/** ABORTED in process means that the engine itself has stopped: nothing but a restart helps. */
const FATAL_IN_PROCESS = new Set([236])

/**
 * The port's error for whatever the client threw. `where` is the store as a user knows it, e.g. its URL.
 * An embedded engine has no network to blame, so its other errors are final.
 */
export function explainStoreError(
  error: unknown,
  where: string,
  isEmbedded: boolean,
): StoreError | StoreUnavailableError {
  if (error instanceof StoreError || error instanceof StoreUnavailableError) return error
  const answer = readAnswer(error) ?? (isEmbedded ? readEngineAnswer(error) : null)
  if (answer !== null) {
    const { code, type, message } = answer
    const isTransient = TRANSIENT_CODES.has(code) && !(isEmbedded && FATAL_IN_PROCESS.has(code))
    if (isTransient) return new StoreUnavailableError(`${where}: ${message} (${type})`, { cause: error })
    return new StoreError(message, type, { cause: error })
  }
  const words = describe(error)
  if (isEmbedded && isOfDisk(error)) return new StoreUnavailableError(`${where}: ${words}`, { cause: error })
  if (isEmbedded) return new StoreError(`${where}: ${words}`, 'EMBEDDED_ENGINE', { cause: error })
  return new StoreUnavailableError(`ClickHouse at ${where} could not be reached: ${words}`, { cause: error })
}

type Answer = { readonly code: number; readonly type: string; readonly message: string }

/** By its shape: the embedded connection throws its own package's copy of the client's ClickHouseError. */
function readAnswer(error: unknown): Answer | null {
  if (!(error instanceof Error) || !('code' in error) || !('type' in error)) return null
  const code = Number(error.code)
  if (!Number.isInteger(code)) return null
  // The client takes the first capitals in brackets for the type and cuts the message there, e.g. at the word that
  // a syntax error complains of. The engine's own words are at hand only in process.
  const whole = error.cause instanceof Error ? readException(error.cause) : null
  if (whole?.code === code) return { code, type: whole.type, message: whole.message.trim() }
  const type = code === SYNTAX_ERROR ? 'SYNTAX_ERROR' : `${error.type ?? code}`
  return { code, type, message: error.message.trim() }
}

/** What the engine threw past the client. */
function readEngineAnswer(error: unknown): Answer | null {
  const { code, type, message } = readException(error)
  return type === UNKNOWN ? null : { code, type, message: message.trim() }
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TRANSIENT_DISK_CODES.has(String(error.code))
}

/** A refused connection to a name with several addresses is an AggregateError with an empty message. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describe).join(', ')
  if (error instanceof Error) return error.message
  return String(error)
}
