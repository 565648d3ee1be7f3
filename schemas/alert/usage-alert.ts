import { createHash } from 'node:crypto'

/** Percent of an allowance, lowest first. */
export const ALERT_LEVELS = [50, 80, 100] as const
export type AlertLevel = (typeof ALERT_LEVELS)[number]

export const ALERT_METRICS = ['requests', 'bytes'] as const
export type AlertMetric = (typeof ALERT_METRICS)[number]

/** `actual`: the usage so far has reached the level; `forecast`: at this pace the month's usage will. */
export const ALERT_KINDS = ['actual', 'forecast'] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** An attempt to bring an alert to a webhook: recorded before it is made, and how it ended after it. */
export const ATTEMPT_STATES = ['started', 'accepted', 'failed'] as const

/** How far an alert has come to a webhook. */
export const DELIVERY_STATES = ['trying', 'accepted', 'given_up'] as const

/** What an alert is about: there is at most one alert for each. */
export type AlertSubject = {
  /** The topic that is counted. */
  readonly stream: string
  readonly clientId: string
  /** `YYYY-MM` in the tariff's time zone. */
  readonly month: string
  readonly metric: AlertMetric
  readonly kind: AlertKind
  readonly level: AlertLevel
}

/** A client has reached, or is on its way to, a share of what is included in a month. */
export type UsageAlert = AlertSubject & {
  /** The subject's hash: whoever raises the alert, and however often it is sent, it has this id. */
  readonly alertId: AlertId
  /** Requests or bytes that counted against the allowance when the alert was raised. */
  readonly used: bigint
  readonly allowance: bigint
  /** What the month would come to; null for `actual`. */
  readonly forecast: bigint | null
  readonly raisedAtMs: number
  /** The month, half-open: until its end a gateway may want to throttle. */
  readonly periodStartMs: number
  readonly periodEndMs: number
}

declare const hashed: unique symbol
/** `alert_` and 32 hex digits. Only `alertIdOf` makes one. */
export type AlertId = string & { readonly [hashed]: true }

export function alertIdOf({ stream, clientId, month, metric, kind, level }: AlertSubject): AlertId {
  const subject = JSON.stringify([stream, clientId, month, metric, kind, level])
  return `alert_${createHash('sha256').update(subject).digest('hex').slice(0, 32)}` as AlertId
}
