import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findJavaAndMaven } from '../maven/find-java-and-maven.ts'
import { freePort } from '../process/free-port.ts'
import { type KillableKafka, startKillableKafka } from './killable-kafka.ts'

const run = promisify(execFile)

export type SecuredKafka = {
  /** Without login or TLS, and allowed everything: for the test itself. */
  readonly plain: KillableKafka
  /** Who logs in, by SCRAM-SHA-512 or OAUTHBEARER, over TLS. */
  readonly brokers: string
  /** Who shows a certificate. */
  readonly mutualTlsBrokers: string
  /** Of what brokers and clients show. */
  readonly caPath: string
  /** Of the client `CN=forbruk`. */
  readonly certificatePath: string
  readonly keyPath: string
}

export const PASSWORD = 'a-password-of-28-characters.'

/** What it takes and is missing, or null. */
export async function findObstacle(): Promise<string | null> {
  const missing = await findJavaAndMaven()
  if (missing !== null) return missing
  return run('openssl', ['version']).then(
    () => null,
    () => 'there is no openssl',
  )
}

/** A broker that lets in who has a password or certificate, and allows nobody anything that was not granted. */
export async function startSecuredKafka(folder: string, users: readonly string[]): Promise<SecuredKafka> {
  const [port, mutualPort] = [await freePort(), await freePort()]
  const caPath = join(folder, 'ca.pem')
  await makeAuthority(folder)
  await makeCertificate(folder, 'broker', 'localhost')
  await makeCertificate(folder, 'client', 'forbruk')
  const keystorePath = join(folder, 'broker-keystore.pem')
  writeFileSync(keystorePath, readAll(folder, ['broker-key.pem', 'broker.pem', 'ca.pem']))
  const plain = await startKillableKafka(folder, {
    listeners: [`SASL_SSL://localhost:${port}`, `SSL://localhost:${mutualPort}`],
    properties: [
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users=User:ANONYMOUS',
      'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL',
      'sasl.enabled.mechanisms=SCRAM-SHA-512,OAUTHBEARER',
      jaas('scram-sha-512', 'scram.ScramLoginModule required;'),
      jaas(
        'oauthbearer',
        'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
      ),
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${keystorePath}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${caPath}`,
      'listener.name.ssl.ssl.client.auth=required',
    ],
    formatOptions: users.flatMap(name => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${PASSWORD}]`,
    ]),
  })
  return {
    ...{ plain, brokers: `localhost:${port}`, mutualTlsBrokers: `localhost:${mutualPort}`, caPath },
    certificatePath: join(folder, 'client.pem'),
    keyPath: join(folder, 'client-key.pem'),
  }
}

function jaas(mechanism: string, module: string): string {
  return `listener.name.sasl_ssl.${mechanism}.sasl.jaas.config=org.apache.kafka.common.security.${module}`
}

async function openssl(folder: string, ...args: string[]): Promise<void> {
  await run('openssl', args, { cwd: folder })
}

async function makeAuthority(folder: string): Promise<void> {
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-days', '2']
  await openssl(folder, 'req', '-x509', ...made, '-subj', '/CN=forbruk-test-ca')
}

async function makeCertificate(folder: string, file: string, name: string): Promise<void> {
  writeFileSync(join(folder, `${file}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const asked = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${file}-key.pem`, '-out', `${file}.csr`]
  await openssl(folder, 'req', ...asked, '-subj', `/CN=${name}`)
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2']
  await openssl(
    folder,
    ...['x509', '-req', '-in', `${file}.csr`, '-out', `${file}.pem`, '-extfile', `${file}.ext`],
    ...signed,
  )
}

function readAll(folder: string, files: readonly string[]): string {
  return files.map(file => readFileSync(join(folder, file), 'utf8')).join('')
}
