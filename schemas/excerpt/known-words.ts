/**
 * Words that an excerpt may keep, since they are a format's and not a caller's: what gateways and shippers call their
 * fields, and the words of HTTP. A name that isn't here is told by its shape: a caller can choose one, and it may be
 * the secret itself.
 */
const KNOWN_WORDS = `
  get head post put delete connect options trace patch http https ws wss grpc
  bearer basic digest negotiate apikey hmac
  true false null
  client client_id client_name client_ip integration integration_id source file position time time_vouched status
  request_id request_bytes response_bytes
  msec time_iso8601 time_local request_length bytes_sent body_bytes_sent bytes_received bytes_read
  remote_addr remote_user remote_address remote_host remote_port remote_ip remote
  request request_method request_uri request_time request_body request_protocol uri url path query query_string args
  method protocol proto scheme host hostname port server server_name server_port server_protocol vhost
  response response_code response_time response_length response_headers request_headers headers header cookies
  http_referer http_user_agent http_host http_x_forwarded_for http_x_real_ip http_authorization http_cookie
  referer referrer user_agent x_forwarded_for forwarded x_real_ip x_request_id x_api_key authorization cookie
  set_cookie proxy_authorization content_type content_length accept accept_encoding origin
  upstream upstream_addr upstream_status upstream_response_time upstream_time upstream_host upstream_cluster
  ssl_protocol ssl_cipher tls connection connection_requests trace_id span_id traceparent correlation_id
  level logger log stream message msg event ts timestamp date start_time started_at end_time duration elapsed latency
  latencies size request_size response_size id name value key type kind version tags user user_id username account
  consumer consumer_id authenticated_entity credential service route route_id api api_id api_key api_key_id apikeyid
  subscription subscription_id plan product tenant organization org customer application app_id app
  password passwd secret token access_token refresh_token id_token session session_id sid jwt signature
  records data attributes resource body metadata labels fields payload extra identity identities stage env
  region zone node pod container namespace cluster severity facility program pid tag
  StartUTC ClientUsername ClientAddr ClientHost RequestContentSize DownstreamContentSize DownstreamStatus
  RequestMethod RequestPath RequestCount RouterName ServiceName OriginStatus
  apimSubscriptionId correlationId operationName callerIpAddress requestSize responseSize responseCode
  requestTimeEpoch extendedRequestId responseLength requestContext resourcePath httpMethod sourceIp userAgent
  specversion datacontenttype subject dataschema
`

const KNOWN = new Set(KNOWN_WORDS.trim().split(/\s+/).map(normalise))

/** However it is written: `client_id`, `clientId`, `CLIENT-ID`. */
export function isKnownWord(word: string): boolean {
  return KNOWN.has(normalise(word))
}

function normalise(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, '')
}
