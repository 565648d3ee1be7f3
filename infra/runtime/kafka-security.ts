import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { z } from 'zod'
import type { KafkaLogin } from '../log/kafka/client.ts'
import { refuse } from './config-error.ts'
import { switchVariable, textVariable, tokenUrlVariable } from './variables.ts'

const mechanismShape = z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
  error: 'expected plain, scram-sha-256, scram-sha-512 or oauthbearer',
})

/** How to get to the brokers: by TLS, with a certificate of one's own, with a password or a token. */
export const KAFKA_SECURITY = {
  KAFKA_SSL: switchVariable.default(false),
  KAFKA_SSL_CA: textVariable.optional(),
  KAFKA_SSL_CERTIFICATE: textVariable.optional(),
  KAFKA_SSL_KEY: textVariable.optional(),
  KAFKA_SSL_KEY_PASSWORD: textVariable.optional(),
  KAFKA_SASL_MECHANISM: mechanismShape.optional(),
  KAFKA_SASL_USERNAME: textVariable.optional(),
  KAFKA_SASL_PASSWORD: textVariable.optional(),
  KAFKA_SASL_TOKEN_URL: tokenUrlVariable.optional(),
  KAFKA_SASL_TOKEN_SCOPE: textVariable.optional(),
}

const securityShape = z.object(KAFKA_SECURITY)
type Security = z.infer<typeof securityShape>

export function findSecurityContradictions(variables: Security): string[] {
  const faults: string[] = []
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = variables
  const password = variables.KAFKA_SASL_PASSWORD
  if (mechanism !== undefined && (username === undefined || password === undefined)) {
    faults.push(
      `KAFKA_SASL_MECHANISM="${mechanism}": expected KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD with it`,
    )
  }
  if (mechanism === undefined && (username !== undefined || password !== undefined)) {
    faults.push(
      'KAFKA_SASL_MECHANISM is not set: expected plain, scram-sha-256, scram-sha-512 or oauthbearer with a user name',
    )
  }
  const { KAFKA_SASL_TOKEN_URL: tokenUrl } = variables
  if (mechanism === 'oauthbearer' && tokenUrl === undefined) {
    faults.push('KAFKA_SASL_MECHANISM="oauthbearer": expected KAFKA_SASL_TOKEN_URL with it')
  }
  if (mechanism !== 'oauthbearer' && tokenUrl !== undefined) {
    faults.push(`KAFKA_SASL_TOKEN_URL="${tokenUrl}": expected KAFKA_SASL_MECHANISM=oauthbearer with it`)
  }
  faults.push(...findTlsContradictions(variables))
  return faults
}

function findTlsContradictions(variables: Security): string[] {
  const { KAFKA_SSL_CERTIFICATE: certificate, KAFKA_SSL_KEY: key } = variables
  const faults = (['KAFKA_SSL_CA', 'KAFKA_SSL_CERTIFICATE', 'KAFKA_SSL_KEY'] as const)
    .filter(name => variables[name] !== undefined && !variables.KAFKA_SSL)
    .map(name => `${name}="${variables[name]}": expected KAFKA_SSL=true with it`)
  if (certificate !== undefined && key === undefined)
    faults.push(`KAFKA_SSL_CERTIFICATE="${certificate}": expected KAFKA_SSL_KEY with it`)
  if (key !== undefined && certificate === undefined)
    faults.push(`KAFKA_SSL_KEY="${key}": expected KAFKA_SSL_CERTIFICATE with it`)
  if (variables.KAFKA_SSL_KEY_PASSWORD !== undefined && key === undefined)
    faults.push('KAFKA_SSL_KEY_PASSWORD=(not shown): expected KAFKA_SSL_KEY with it')
  return faults
}

export function readSsl(variables: Security): boolean | ConnectionOptions {
  if (!variables.KAFKA_SSL) return false
  const ca = readPem(variables, 'KAFKA_SSL_CA')
  const cert = readPem(variables, 'KAFKA_SSL_CERTIFICATE')
  const key = readPem(variables, 'KAFKA_SSL_KEY')
  const passphrase = variables.KAFKA_SSL_KEY_PASSWORD
  if (ca === undefined && cert === undefined) return true
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

function readPem(
  variables: Security,
  name: 'KAFKA_SSL_CA' | 'KAFKA_SSL_CERTIFICATE' | 'KAFKA_SSL_KEY',
): string | undefined {
  const path = variables[name]
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const what = name === 'KAFKA_SSL_KEY' ? 'a private key' : 'certificates'
    throw refuse([`${name}="${path}": expected a readable file of ${what} in PEM (${reason})`])
  }
}

export function readSasl(variables: Security): KafkaLogin | null {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = variables
  const password = variables.KAFKA_SASL_PASSWORD
  if (mechanism === undefined || username === undefined || password === undefined) return null
  const { KAFKA_SASL_TOKEN_URL: url } = variables
  if (mechanism !== 'oauthbearer') return { mechanism, username, password }
  if (url === undefined) return null
  const scope = variables.KAFKA_SASL_TOKEN_SCOPE ?? null
  return { mechanism, token: { url, clientId: username, clientSecret: password, scope } }
}
