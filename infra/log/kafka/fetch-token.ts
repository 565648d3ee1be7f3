import { z } from 'zod'
import { EventLogError } from '../event-log.ts'

/** Of OAuth 2.0's client credentials grant (RFC 6749, 4.4). */
export type TokenSource = {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string | null
}

const ANSWER_TIMEOUT_MS = 10_000
/** A token that is about to end is not used any more. */
const RENEW_BEFORE_MS = 60_000

const tokenShape = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() })

/** As kafkajs asks for a token at each login: the same one until it is about to end. */
export function createTokenProvider(source: TokenSource): () => Promise<{ readonly value: string }> {
  let held: { readonly value: string; readonly renewAtMs: number } | null = null
  return async () => {
    if (held !== null && performance.now() < held.renewAtMs) return held
    const { access_token: value, expires_in: lifetimeSeconds } = await fetchToken(source)
    held = { value, renewAtMs: performance.now() + (lifetimeSeconds ?? 0) * 1_000 - RENEW_BEFORE_MS }
    return held
  }
}

async function fetchToken({ url, clientId, clientSecret, scope }: TokenSource) {
  const encode = encodeURIComponent
  const credentials = Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')
  const asked = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
  })
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: asked,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  }).catch(error => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw tokenError(url, `no answer (${cause instanceof Error ? cause.message : String(cause)})`)
  })
  const token = tokenShape.safeParse(await response.json().catch(() => null))
  if (!response.ok || !token.success)
    throw tokenError(url, `the answer is ${response.status}, and holds no token`)
  return token.data
}

function tokenError(url: string, found: string): EventLogError {
  return new EventLogError(
    `A token to log in to Kafka could not be had from ${url}: ${found}. ` +
      'Check KAFKA_SASL_TOKEN_URL, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.',
  )
}
