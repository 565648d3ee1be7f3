import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'

const OIDC = {
  FORBRUK_OIDC_ISSUER: 'https://login.example.com/realm',
  FORBRUK_OIDC_CLIENT_ID: 'forbruk',
  FORBRUK_OIDC_CLIENT_SECRET: 'hunter2',
  FORBRUK_OIDC_ROLES: 'reader=staff,closer=finance,closer=a=b',
}

describe('readConfig', () => {
  it('is embedded with nothing set', () => {
    expect(readConfig({})).toEqual({
      log: { kind: 'embedded', path: 'data/log.sqlite', topic: 'gateway.requests', partitionCount: 8 },
      store: { kind: 'embedded', path: 'data/store', database: 'forbruk' },
      dataDir: './data',
      tariffPath: null,
      sellerPath: null,
      storeListen: { host: '127.0.0.1', port: 8123 },
      alerts: { topic: 'usage.alerts', webhooks: [], secret: '' },
      console: { listen: { host: '127.0.0.1', port: 8080 }, token: null, login: null, publicUrl: null },
      intakes: [],
      schemaRegistry: null,
      collector: { listen: null, tokensPath: null },
      statementsTopic: 'billing.statements',
      closeSchedule: '0 6 2 * *',
      closeFrom: null,
      announce: null,
      rejected: { monthsMax: 13, rowsMax: 1_000_000 },
      logLevel: 'info',
    })
  })

  it('reads Kafka and ClickHouse', () => {
    const config = readConfig({
      KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093',
      KAFKA_TOPIC: 'gw',
      KAFKA_PARTITIONS: '12',
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'meter',
      KAFKA_SASL_PASSWORD: 'secret',
      CLICKHOUSE_URL: 'https://clickhouse:8443',
      CLICKHOUSE_PASSWORD: 'secret',
      FORBRUK_DATA_DIR: '/var/lib/forbruk',
      FORBRUK_TARIFF: '/etc/tariff.yaml',
      FORBRUK_SELLER: '/etc/seller.json',
      FORBRUK_STORE_LISTEN: '[::1]:9000',
      KAFKA_ALERTS_TOPIC: 'alerts',
      FORBRUK_ALERT_WEBHOOKS: 'https://example.com/hook?key=1, http://127.0.0.1:9999/',
      FORBRUK_ALERT_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      FORBRUK_LISTEN: '0.0.0.0:80',
      FORBRUK_API_TOKEN: 'a-token-of-some-length',
      FORBRUK_COLLECT_LISTEN: '0.0.0.0:8090',
      FORBRUK_COLLECTOR_TOKENS: '/etc/forbruk/tokens.json',
      FORBRUK_CLOSE_SCHEDULE: 'off',
      FORBRUK_CLOSE_FROM: '2026-10',
      FORBRUK_ANNOUNCE: 'after-approval',
      KAFKA_STATEMENTS_TOPIC: 'invoices',
      LOG_LEVEL: 'debug',
    })
    expect(config).toEqual({
      log: {
        kind: 'kafka',
        clientId: 'forbruk',
        brokers: ['kafka-1:9092', '[::1]:9093'],
        ssl: true,
        sasl: { mechanism: 'scram-sha-512', username: 'meter', password: 'secret' },
        topic: 'gw',
        partitionCount: 12,
        replicationFactor: 1,
      },
      store: {
        kind: 'server',
        url: 'https://clickhouse:8443',
        user: 'default',
        password: 'secret',
        database: 'forbruk',
      },
      dataDir: '/var/lib/forbruk',
      tariffPath: '/etc/tariff.yaml',
      sellerPath: '/etc/seller.json',
      storeListen: { host: '::1', port: 9000 },
      alerts: {
        topic: 'alerts',
        webhooks: [new URL('https://example.com/hook?key=1'), new URL('http://127.0.0.1:9999/')],
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      },
      console: {
        listen: { host: '0.0.0.0', port: 80 },
        token: 'a-token-of-some-length',
        login: null,
        publicUrl: null,
      },
      intakes: [],
      schemaRegistry: null,
      collector: { listen: { host: '0.0.0.0', port: 8090 }, tokensPath: '/etc/forbruk/tokens.json' },
      statementsTopic: 'invoices',
      closeSchedule: null,
      closeFrom: { month: '2026-10' },
      announce: 'after-approval',
      rejected: { monthsMax: 13, rowsMax: 1_000_000 },
      logLevel: 'debug',
    })
  })

  it('takes a variable set to nothing for one not set', () => {
    expect(readConfig({ KAFKA_BROKERS: '', CLICKHOUSE_URL: '', LOG_LEVEL: '' })).toEqual(readConfig({}))
  })

  it('asks for three copies of three brokers, or for as many as it is told', () => {
    const brokers = { KAFKA_BROKERS: 'a:1,b:1,c:1' }
    expect(readConfig(brokers).log).toMatchObject({ replicationFactor: 3 })
    expect(readConfig({ ...brokers, KAFKA_REPLICATION_FACTOR: '2' }).log).toMatchObject({
      replicationFactor: 2,
    })
  })

  it('reads the certificates of KAFKA_SSL_CA', () => {
    const folder = mkdtempSync(join(tmpdir(), 'forbruk-config-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'ca.pem')
    writeFileSync(path, 'PEM')
    const env = { KAFKA_BROKERS: 'a:1', KAFKA_SSL: 'true', KAFKA_SSL_CA: path }
    expect(readConfig(env).log).toMatchObject({ ssl: { ca: 'PEM' } })
    expect(() => readConfig({ ...env, KAFKA_SSL_CA: join(folder, 'none.pem') })).toThrow(
      /none\.pem.*readable file/,
    )
  })

  it('reads a certificate of its own, and its key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'forbruk-config-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(certificate, 'CERTIFICATE')
    writeFileSync(key, 'KEY')
    const paths = { KAFKA_SSL_CERTIFICATE: certificate, KAFKA_SSL_KEY: key, KAFKA_SSL_KEY_PASSWORD: 'open' }
    const env = { KAFKA_BROKERS: 'a:1', KAFKA_SSL: 'true', ...paths }
    expect(readConfig(env).log).toMatchObject({
      ssl: { cert: 'CERTIFICATE', key: 'KEY', passphrase: 'open' },
    })
    expect(() => readConfig({ ...env, KAFKA_SSL_KEY: join(folder, 'none.pem') })).toThrow(
      /none\.pem.*readable file of a private key/,
    )
  })

  it('reads where tokens are had, and who asks for them', () => {
    const login = { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_USERNAME: 'id', KAFKA_SASL_PASSWORD: 's' }
    const url = 'https://login.example.com/token'
    const env = { KAFKA_BROKERS: 'a:1', ...login, KAFKA_SASL_TOKEN_URL: url, KAFKA_SASL_TOKEN_SCOPE: 'kafka' }
    const token = { url, clientId: 'id', clientSecret: 's', scope: 'kafka' }
    expect(readConfig(env).log).toMatchObject({ sasl: { mechanism: 'oauthbearer', token } })
  })

  it('names every wrong variable at once, its value and what was expected', () => {
    const wrong = {
      KAFKA_BROKERS: 'kafka',
      KAFKA_TOPIC: 'a topic',
      KAFKA_PARTITIONS: '0',
      KAFKA_SSL: 'yes',
      CLICKHOUSE_URL: 'clickhouse:8123',
      CLICKHOUSE_DATABASE: 'a-b',
      FORBRUK_STORE_LISTEN: '8123',
      FORBRUK_LISTEN: 'localhost',
      FORBRUK_CLOSE_SCHEDULE: 'monthly',
      FORBRUK_CLOSE_FROM: '2026-13',
      LOG_LEVEL: 'loud',
    }
    const message = messageOf(() => readConfig(wrong))
    for (const [name, value] of Object.entries(wrong)) {
      expect(message).toMatch(new RegExp(`^  ${name}="${value}": expected .+$`, 'm'))
    }
  })

  it.each(['hunter2', 'a@hunter2', 'a/hunter2', 'a@b/hunter2@c'])(
    'shows no password, such as %s',
    password => {
      const message = messageOf(() =>
        readConfig({
          CLICKHOUSE_URL: `http://meter:${password}@clickhouse:8123`,
          KAFKA_SASL_PASSWORD: 'hunter2',
          FORBRUK_API_TOKEN: 'hunter2',
        }),
      )
      expect(message).not.toContain('hunter2')
      expect(message).toContain('CLICKHOUSE_URL="http://***@clickhouse:8123"')
    },
  )

  it('shows neither a secret nor a webhook, and says which is wrong', () => {
    const message = messageOf(() =>
      readConfig({
        FORBRUK_ALERT_WEBHOOKS: 'https://example.com/hunter2,http://example.com/hunter2',
        FORBRUK_ALERT_SECRET: 'hunter2',
      }),
    )
    expect(message).not.toContain('hunter2')
    expect(message).toMatch(/FORBRUK_ALERT_WEBHOOKS=\(not shown\): .*https:\/\/.*number 2/)
    expect(message).toMatch(/FORBRUK_ALERT_SECRET=\(not shown\): .*24/)
  })

  it.each([
    [{ FORBRUK_ALERT_WEBHOOKS: 'https://example.com/' }, /FORBRUK_ALERT_SECRET is not set/],
    [{ FORBRUK_ALERT_WEBHOOKS: 'ftp://example.com/' }, /FORBRUK_ALERT_WEBHOOKS/],
    [{ FORBRUK_ALERT_WEBHOOKS: 'https://user:word@example.com/' }, /FORBRUK_ALERT_WEBHOOKS/],
    [{ FORBRUK_ALERT_WEBHOOKS: 'http://127.0.0.1.example.com/' }, /FORBRUK_ALERT_WEBHOOKS/],
    [{ FORBRUK_ALERT_WEBHOOKS: 'https://a/,https://a/' }, /each once/],
    [{ FORBRUK_ALERT_SECRET: 'whsec_short' }, /FORBRUK_ALERT_SECRET/],
    [{ KAFKA_TOPIC: 'same', KAFKA_ALERTS_TOPIC: 'same' }, /another topic/],
    [{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'x' }, /KAFKA_SASL_PASSWORD/],
    [{ KAFKA_SASL_USERNAME: 'x' }, /KAFKA_SASL_MECHANISM is not set/],
    [{ KAFKA_SSL_CA: '/x' }, /KAFKA_SSL=true/],
    [{ KAFKA_SSL: 'true', KAFKA_SSL_CERTIFICATE: '/x' }, /KAFKA_SSL_KEY with it/],
    [{ KAFKA_SSL: 'true', KAFKA_SSL_KEY: '/x' }, /KAFKA_SSL_CERTIFICATE with it/],
    [{ KAFKA_SSL_KEY_PASSWORD: 'hunter2' }, /KAFKA_SSL_KEY_PASSWORD=\(not shown\): expected KAFKA_SSL_KEY/],
    [
      { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_USERNAME: 'x', KAFKA_SASL_PASSWORD: 'y' },
      /expected KAFKA_SASL_TOKEN_URL with it/,
    ],
    [{ KAFKA_SASL_TOKEN_URL: 'https://a/' }, /expected KAFKA_SASL_MECHANISM=oauthbearer/],
    [{ KAFKA_SASL_TOKEN_URL: 'http://login.example.com/' }, /KAFKA_SASL_TOKEN_URL=.*expected an https:/],
    [{ CLICKHOUSE_URL: 'http://clickhouse:8123/metering' }, /CLICKHOUSE_DATABASE/],
    [{ FORBRUK_STORE_LISTEN: '127.0.0.1:65536' }, /FORBRUK_STORE_LISTEN/],
    [{ FORBRUK_COLLECT_LISTEN: '0.0.0.0:8090' }, /FORBRUK_COLLECT_LISTEN=.*FORBRUK_COLLECTOR_TOKENS/],
    [{ FORBRUK_COLLECTOR_TOKENS: '' }, /FORBRUK_COLLECTOR_TOKENS="": expected the path of a file/],
    [{ FORBRUK_OIDC_ISSUER: '' }, /FORBRUK_OIDC_ISSUER="": expected an https:/],
    [{ FORBRUK_OIDC_ISSUER: 'http://login.example.com' }, /FORBRUK_OIDC_ISSUER=.*expected an https:/],
    [{ FORBRUK_OIDC_ISSUER: 'https://a/' }, /FORBRUK_OIDC_CLIENT_ID.*CLIENT_SECRET.*FORBRUK_OIDC_ROLES/s],
    [{ FORBRUK_OIDC_CLIENT_ID: 'forbruk' }, /FORBRUK_OIDC_ISSUER is not set/],
    [{ FORBRUK_OIDC_ROLES: 'reader' }, /FORBRUK_OIDC_ROLES="reader": expected role=value/],
    [{ FORBRUK_OIDC_ROLES: 'boss=staff' }, /FORBRUK_OIDC_ROLES=.*expected role=value/],
    [{ FORBRUK_OIDC_ROLES: 'reader=staff,admin=staff' }, /FORBRUK_OIDC_ROLES=.*expected role=value/],
    [{ FORBRUK_PUBLIC_URL: 'https://example.com/forbruk' }, /FORBRUK_PUBLIC_URL=.*without a path/],
    [{ ...OIDC, FORBRUK_LISTEN: '0.0.0.0:80' }, /expected FORBRUK_PUBLIC_URL with it/],
    [{ FORBRUK_API_TOKEN: '' }, /FORBRUK_API_TOKEN=\(not shown\): expected 16/],
    [{ FORBRUK_API_TOKEN: 'short' }, /FORBRUK_API_TOKEN=\(not shown\): expected 16/],
    [{ FORBRUK_CLOSE_SCHEDULE: '0 0 6 2 * *' }, /FORBRUK_CLOSE_SCHEDULE/],
    [{ KAFKA_STATEMENTS_TOPIC: 'gateway.requests' }, /another topic/],
  ])('refuses %j', (env, expected) => {
    expect(() => readConfig(env)).toThrow(ConfigError)
    expect(() => readConfig(env)).toThrow(expected)
  })

  it.each([
    ['topic=nginx.lines format=nginx-json', [{ topic: 'nginx.lines', format: 'nginx-json' }]],
    [
      'topic=a format=combined client-field=extra1 rejected-max=50; topic=b  format=events source=edge',
      [
        { topic: 'a', format: 'combined', 'client-field': 'extra1', 'rejected-max': '50' },
        { topic: 'b', format: 'events', source: 'edge' },
      ],
    ],
  ])('takes in %s', (value, expected) => {
    const { intakes } = readConfig({ KAFKA_BROKERS: 'kafka:9092', FORBRUK_INTAKE: value })
    expect(intakes.map(intake => Object.fromEntries(intake))).toEqual(expected)
  })

  it.each([
    'topic=a',
    'a',
    'topic=a format=b topic=c',
    'topic=a format=b; topic=a format=c',
    'topic=a format=b x=y',
  ])('refuses to take in %s', value => {
    const read = () => readConfig({ KAFKA_BROKERS: 'kafka:9092', FORBRUK_INTAKE: value })
    expect(read).toThrow('FORBRUK_INTAKE=')
  })

  it('takes in from Kafka alone', () => {
    expect(() => readConfig({ FORBRUK_INTAKE: 'topic=a format=b' })).toThrow('expected KAFKA_BROKERS with it')
  })
})

function messageOf(step: () => unknown): string {
  try {
    step()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  throw new Error('expected a ConfigError')
}
