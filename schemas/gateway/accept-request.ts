import { spellStatus } from '../event/answered-with.ts'
import { findRequestFault, type RequestFields } from '../event/check-request.ts'
import type { LineRejectReason } from '../event/log-event.ts'
import type { ClientField, ParsedLine, RejectedParse } from './gateway-format.ts'
import { readName } from './read-name.ts'

type OwnNames = Pick<RequestFields, 'clientId' | 'integrationId' | 'status'>
type Names = { readonly kind: 'names'; readonly clientId: string; readonly integrationId: string }

/** Who is metered, from what the line says; `integrationId` is empty when it says nothing. */
export function readNames(
  client: unknown,
  integration: unknown,
  { field }: ClientField,
): Names | RejectedParse {
  const clientId = readName(client)
  if (clientId === '') return rejectLine('client_missing', `${field} is missing or empty`)
  if (typeof clientId !== 'string') return rejectLine('client_invalid', `${field} is ${clientId.detail}`)
  const integrationId = readName(integration)
  if (typeof integrationId !== 'string') {
    return rejectLine('integration_invalid', `the integration is ${integrationId.detail}`)
  }
  return { kind: 'names', clientId, integrationId }
}

const OWN_CLIENT: ClientField = { field: 'client_id', setBy: 'operator' }

/** The same of an event of our own, before it is in the log: from there on names are compared as they are. */
export function readOwnNames({ clientId, integrationId, status }: OwnNames): Names | RejectedParse {
  const names = readNames(clientId, integrationId, OWN_CLIENT)
  return names.kind === 'rejected' ? tellStatus(names, status) : names
}

/** Null: the line doesn't say what the request was answered with. */
export function tellStatus(rejected: RejectedParse, status: number | null): RejectedParse {
  return status === null ? rejected : { ...rejected, detail: `${rejected.detail}; ${spellStatus(status)}` }
}

export type Measures = {
  readonly timeMs: number
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
}

const NO_IDENTITY = { kind: 'none' } as const

/** Holds a line's fields against the rules that the aggregator will hold the event against. */
export function acceptRequest(names: Names, measures: Measures, client: ClientField): ParsedLine {
  const { clientId, integrationId } = names
  const { timeMs, status, requestBytes, responseBytes } = measures
  const fault = findRequestFault({
    source: '',
    identity: NO_IDENTITY,
    clientId,
    integrationId,
    timeMs,
    status,
    requestBytes,
    responseBytes,
  })
  if (fault === null) {
    return isTurnedAway(status, client)
      ? rejectUnauthenticated(status, client)
      : { kind: 'request', clientId, integrationId, timeMs, status, requestBytes, responseBytes }
  }
  switch (fault.field) {
    case 'client':
    case 'integration':
    case 'time':
    case 'status':
    case 'bytes':
      return rejectLine(`${fault.field}_invalid`, fault.detail)
    case 'source':
    case 'identity':
      throw new Error(`a line has no ${fault.field} of its own, yet it was found at fault: ${fault.detail}`)
  }
}

/** 401 and 407: whoever asked did not show who they are, so that a name they gave is anybody's. */
function isTurnedAway(status: number, { setBy }: ClientField): boolean {
  return (status === 401 || status === 407) && setBy !== 'gateway'
}

function rejectUnauthenticated(status: number, { field }: ClientField): RejectedParse {
  return rejectLine(
    'client_unauthenticated',
    `${spellStatus(status)}: nobody has shown to be the client that ${field} names, and it is not counted for it`,
  )
}

export function rejectLine(reason: LineRejectReason, detail: string): RejectedParse {
  return { kind: 'rejected', reason, detail }
}
