import type { SetBy } from './gateway-format.ts'

/** A field in which a gateway tells a request's id. */
type RequestIdField = {
  readonly gateway: string
  readonly field: string
  readonly setBy: SetBy
  /** When the id is the gateway's own all the same; null where it always is, or never. */
  readonly soundWhen: string | null
}

const BY_GATEWAY = { setBy: 'gateway', soundWhen: null } as const

/**
 * Whose word a request id is. Only one that callers can't set may be an event's identity: by another they could pass
 * their requests off as copies of one, which count once, or make a copy look like another request.
 */
export const REQUEST_ID_FIELDS: readonly RequestIdField[] = [
  { gateway: 'NGINX', field: '$request_id', ...BY_GATEWAY },
  {
    gateway: 'NGINX',
    field: '$http_x_request_id',
    setBy: 'caller',
    soundWhen: 'the edge before it sets the header anew',
  },
  { gateway: 'Apache', field: '%{UNIQUE_ID}e', ...BY_GATEWAY },
  {
    gateway: 'HAProxy',
    field: '%ID',
    setBy: 'operator',
    soundWhen: 'unique-id-format is made of nothing that was sent',
  },
  { gateway: 'Kong', field: 'request.id', ...BY_GATEWAY },
  {
    gateway: 'Kong',
    field: 'correlation_id',
    setBy: 'caller',
    soundWhen: 'the edge removes the header that the plugin reads',
  },
  {
    gateway: 'APISIX',
    field: 'X-Request-Id of request-id',
    setBy: 'caller',
    soundWhen: 'the edge removes the header that the plugin reads',
  },
  {
    gateway: 'Envoy, Istio',
    field: '%REQ(X-REQUEST-ID)%',
    setBy: 'caller',
    soundWhen: 'use_remote_address is on at the edge, and preserve_external_request_id is off',
  },
  { gateway: 'Caddy', field: '{http.request.uuid}', ...BY_GATEWAY },
  { gateway: 'AWS API Gateway', field: '$context.extendedRequestId', ...BY_GATEWAY },
  { gateway: 'AWS API Gateway', field: '$context.requestId', setBy: 'caller', soundWhen: null },
  { gateway: 'Azure API Management', field: 'correlationId', ...BY_GATEWAY },
]

/** Gateways whose logs have no request id of their own, unless somebody adds a header, which is the caller's word. */
export const WITHOUT_REQUEST_ID = ['Traefik', 'Tyk'] as const

/** Whether such an id may be an event's identity, in words. */
export function describeUse({ setBy, soundWhen }: RequestIdField): string {
  if (setBy === 'gateway') return 'yes'
  return soundWhen === null ? 'no' : `only where ${soundWhen}`
}
