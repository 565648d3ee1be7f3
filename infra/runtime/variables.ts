import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { CronPattern } from 'croner'
import { z } from 'zod'
import { isLoopback, parseAddress } from './address.ts'

/** The kinds of environment variables: each says in its message what it expected. */

export const textVariable = z.string()

export const pathVariable = z.string().min(1, 'expected the path of a file')

export const topicVariable = textVariable.regex(
  /^[A-Za-z0-9._-]{1,249}$/,
  'expected letters, digits, dots, dashes and underscores',
)

/** Long enough not to be guessed, and such as a header can carry. */
export const tokenVariable = z
  .string()
  .regex(/^[\x21-\x7e]{16,512}$/, 'expected 16 to 512 printable ASCII characters without spaces')

const OFF = 'off'

/** A cron expression of five fields, or `off`, which becomes null. */
export const scheduleVariable = z.string().transform((value, context) => {
  if (value === OFF) return null
  try {
    new CronPattern(value, undefined, { mode: '5-part' })
    return value
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'expected minute, hour, day, month and weekday, e.g. "0 6 2 * *" for the 2nd at 06:00, or off',
    })
    return z.NEVER
  }
})

export const monthVariable = z.string().transform((value, context) => {
  try {
    return parseBillingPeriod(value)
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a month as YYYY-MM, such as 2026-10' })
    return z.NEVER
  }
})

export const switchVariable = z
  .enum(['true', 'false'], { error: 'expected true or false' })
  .transform(value => value === 'true')

export function countVariable(least: number, most: number) {
  const shape = wholeNumberShape(least, most)
  return z.string().transform((value, context) => {
    const count = shape.safeParse(value)
    if (count.success) return count.data
    context.addIssue({ code: 'custom', message: `expected ${count.error.issues[0]?.message}` })
    return z.NEVER
  })
}

/** An http(s) URL of a server. The user has variables of his own, and a path would be taken for a database. */
export const urlVariable = z.string().refine(isServerUrl, {
  error:
    'expected a URL like http://clickhouse:8123, with the user in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, ' +
    'the database in CLICKHOUSE_DATABASE',
})

function isServerUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, pathname, search } = new URL(value)
  const isPlain = username === '' && password === '' && pathname === '/' && search === ''
  return isPlain && (protocol === 'http:' || protocol === 'https:')
}

/** Where a token is had. A password is sent there: in the clear only on this machine. */
export const tokenUrlVariable = z.string().refine(isSafeUrl, {
  error: 'expected an https:// URL without user or password (http:// for 127.0.0.1, [::1] and localhost)',
})

export const listenVariable = z.string().transform((value, context) => {
  const address = parseAddress(value)
  if (address !== null) return address
  context.addIssue({ code: 'custom', message: 'expected host:port, e.g. 127.0.0.1:8123 or [::1]:8123' })
  return z.NEVER
})

export const brokersVariable = z.string().transform((value, context) => {
  const brokers = value.split(',').map(broker => broker.trim())
  const isRight = brokers.every(broker => (parseAddress(broker)?.port ?? 0) > 0)
  if (isRight) return brokers
  context.addIssue({
    code: 'custom',
    message: 'expected host:port, separated by commas, e.g. kafka-1:9092,kafka-2:9092',
  })
  return z.NEVER
})

/** An http(s) URL with a path, such as an API's base; users have variables of their own. */
export const baseUrlVariable = z.string().refine(isBaseUrl, {
  error:
    'expected a URL like http://registry:8081, with the user in SCHEMA_REGISTRY_USER and SCHEMA_REGISTRY_PASSWORD',
})

function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, search } = new URL(value)
  return username === '' && password === '' && search === '' && /^https?:$/.test(protocol)
}

const INTAKE_KEYS = [
  'topic',
  'format',
  'source',
  'envelope',
  'client-field',
  'integration-field',
  'rejected-max',
] as const
export type IntakeKey = (typeof INTAKE_KEYS)[number]

/** What `forbruk intake` takes as options, without their dashes: `topic=nginx.lines format=nginx-json; topic=…`. */
export const intakesVariable = z.string().transform((value, context) => {
  const intakes = value.split(';').map(text => readIntake(text.trim()))
  const names = intakes.map(intake => intake?.get('source') ?? intake?.get('topic'))
  if (!intakes.includes(null) && new Set(names).size === names.length)
    return intakes.filter(each => each !== null)
  context.addIssue({
    code: 'custom',
    message:
      `expected "topic=NAME format=NAME" with, if need be, ${INTAKE_KEYS.slice(2).join(', ')}; ` +
      'several separated by ";", each with a source of its own',
  })
  return z.NEVER
})

function readIntake(text: string): ReadonlyMap<IntakeKey, string> | null {
  const intake = new Map<IntakeKey, string>()
  for (const word of text.split(/\s+/)) {
    const [, name, value] = /^([a-z-]+)=(.+)$/.exec(word) ?? []
    const key = INTAKE_KEYS.find(known => known === name)
    if (key === undefined || value === undefined || intake.has(key)) return null
    intake.set(key, value)
  }
  return intake.has('topic') && intake.has('format') ? intake : null
}

/** Where messages are sent to, signed. In the clear only on this machine. */
export const webhooksVariable = z.string().transform((value, context) => {
  const urls = value.split(',').map(text => text.trim())
  const wrong = urls.findIndex(url => !isSafeUrl(url))
  if (wrong === -1 && new Set(urls).size === urls.length) return urls.map(url => new URL(url))
  const which = wrong === -1 ? 'each once' : `number ${wrong + 1} is none`
  context.addIssue({
    code: 'custom',
    message:
      'expected https:// URLs without user or password, separated by commas ' +
      `(http:// for 127.0.0.1, [::1] and localhost); ${which}`,
  })
  return z.NEVER
})

function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, hostname, username, password } = new URL(value)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')))
}

/** As the Standard Webhooks specification writes a secret, or any text that is hard to guess. */
export const signingSecretVariable = z.string().refine(isSigningSecret, {
  error: 'expected at least 24 characters, or whsec_ and 24 to 64 bytes in base64',
})

function isSigningSecret(value: string): boolean {
  if (!value.startsWith('whsec_')) return value.length >= 24
  const encoded = value.slice('whsec_'.length)
  const bytes = Buffer.from(encoded, 'base64')
  return (
    bytes.length >= 24 &&
    bytes.length <= 64 &&
    bytes.toString('base64').replaceAll('=', '') === encoded.replaceAll('=', '')
  )
}
