import type { UsageAlert } from '@forbruk/schemas/alert/usage-alert.ts'
import { signMessage } from './sign.ts'

export type Answer =
  | { readonly kind: 'accepted'; readonly status: number }
  /** Status null: there was no answer. */
  | { readonly kind: 'failed'; readonly status: number | null; readonly detail: string }

const REQUEST_TIMEOUT_MS = 10_000

/** One POST, signed. Any answer of 2xx accepts; redirects are not followed, since they would lead elsewhere. */
export async function sendAlert(url: URL, secret: string, alert: UsageAlert, nowMs: number): Promise<Answer> {
  const body = describeAlert(alert)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'forbruk',
        ...signMessage(secret, alert.alertId, nowMs, body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const { status } = response
    // Nothing in it is of use, and it may be large.
    await response.body?.cancel().catch(() => {})
    if (response.ok) return { kind: 'accepted', status }
    const detail = status >= 300 && status < 400 ? 'a redirect, which is not followed' : 'not accepted'
    return { kind: 'failed', status, detail: `${status}: ${detail}` }
  } catch (error) {
    return { kind: 'failed', status: null, detail: explain(error) }
  }
}

/** The reason alone: a message of fetch could hold the URL, and a URL a secret. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return `no answer within ${REQUEST_TIMEOUT_MS / 1000} s`
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null
  return `no answer: ${code ?? error.name}`
}

/** The message of every attempt, byte for byte the same. 64-bit integers as text, as everywhere. */
function describeAlert(alert: UsageAlert): string {
  const iso = (timeMs: number) => new Date(timeMs).toISOString()
  return JSON.stringify({
    type: 'usage.alert',
    timestamp: iso(alert.raisedAtMs),
    data: {
      alert_id: alert.alertId,
      stream: alert.stream,
      client_id: alert.clientId,
      month: alert.month,
      metric: alert.metric,
      kind: alert.kind,
      level: alert.level,
      used: alert.used.toString(),
      allowance: alert.allowance.toString(),
      forecast: alert.forecast?.toString() ?? null,
      period_start: iso(alert.periodStartMs),
      period_end: iso(alert.periodEndMs),
    },
  })
}
