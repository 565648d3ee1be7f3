import type { RequestEvent } from '@forbruk/schemas/event/log-event.ts'

/** A gateway logs more than counting needs: these fields bring a record to about 230 bytes. */
const PATHS = ['/v1/customers', '/v1/invoices', '/v1/payments', '/v1/products', '/v1/transactions']

export function encodeJson(event: RequestEvent): Buffer {
  const id = event.identity.kind === 'request_id' ? { request_id: event.identity.id } : {}
  const text = JSON.stringify({
    source: event.source,
    ...id,
    client_id: event.clientId,
    integration_id: event.integrationId,
    time: event.timeMs,
    status: event.status,
    request_bytes: event.requestBytes,
    response_bytes: event.responseBytes,
    method: event.requestBytes % 4 === 0 ? 'POST' : 'GET',
    path: PATHS[event.responseBytes % PATHS.length],
  })
  return Buffer.from(text)
}
